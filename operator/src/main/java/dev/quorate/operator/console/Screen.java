package dev.quorate.operator.console;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A terminal with lines that stay and, below them, lines that are drawn again and again. Only the
 * latter are counted, to go back over them; so they are broken here and never by the terminal. All
 * is drawn anew when that count cannot be right any more: the terminal changed its size, or lines
 * that stayed are other ones now.
 */
final class Screen {
  private static final String WITHOUT_WRAPPING = "\u001b[?7l";
  private static final String WITH_WRAPPING = "\u001b[?7h";
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final int LEAST_COLUMNS = 20;

  private final PrintStream out;
  private final Supplier<TerminalSize> terminal;
  private List<String> lasting = List.of();
  private @Nullable TerminalSize size;
  private int drawn;

  Screen(PrintStream out, Supplier<TerminalSize> terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * @param above stay, are copied from, and are therefore broken by the terminal alone
   * @param below are told again and again
   */
  void draw(List<String> above, List<String> below) {
    var now = terminal.get();
    boolean sameSize = size == null || size.equals(now);
    boolean grown =
        above.size() >= lasting.size() && above.subList(0, lasting.size()).equals(lasting);
    var text = new StringBuilder();
    if (sameSize && grown) {
      if (drawn > 0) {
        text.append("\r\u001b[").append(drawn).append("A\u001b[J");
      }
      append(text, above.subList(lasting.size(), above.size()));
    } else {
      append(text.append(CLEAR), above);
    }
    var fitting = fitting(below, now);
    append(text.append(WITHOUT_WRAPPING), fitting);
    out.print(text.append(WITH_WRAPPING));
    out.flush();
    lasting = List.copyOf(above);
    size = now;
    drawn = fitting.size();
  }

  /** Never in the last column, which not all terminals treat alike, and never more than a page. */
  private static List<String> fitting(List<String> lines, TerminalSize size) {
    int columns = Math.max(LEAST_COLUMNS, size.columns() - 1);
    var broken = lines.stream().flatMap(line -> Lines.wrapped(line, columns).stream()).toList();
    return broken.subList(0, Math.min(broken.size(), Math.max(1, size.rows() - 1)));
  }

  private static void append(StringBuilder text, List<String> lines) {
    lines.forEach(line -> text.append(line).append('\n'));
  }
}
