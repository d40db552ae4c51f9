package dev.quorate.operator.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What a terminal shows of what was written to it: it breaks lines at its last column unless told
 * not to, scrolls, and cannot go back over what is scrolled away. A change of its size breaks anew
 * what is there.
 */
final class FakeTerminal implements Supplier<TerminalSize> {
  private static final Pattern COMMAND = Pattern.compile("\u001b\\[(\\??)(\\d*)([A-Za-z])");

  /** From which character on of what is written it had which size. */
  private record Resized(int at, TerminalSize size) {}

  private final List<Resized> sizes = new ArrayList<>();
  private int read;

  FakeTerminal(int columns, int rows) {
    sizes.add(new Resized(0, new TerminalSize(columns, rows)));
  }

  @Override
  public TerminalSize get() {
    return sizes.getLast().size();
  }

  /** Applies to everything written after what was looked at last. */
  void resize(int columns, int rows) {
    sizes.add(new Resized(read, new TerminalSize(columns, rows)));
  }

  /** The lines that are on it now, the empty ones at its end left out. */
  List<String> page(String written) {
    var all = play(written);
    return all.lines.subList(all.top, all.lines.size()).stream()
        .map(String::stripTrailing)
        .toList();
  }

  /** Also what is scrolled away. */
  List<String> everything(String written) {
    return List.copyOf(play(written).lines);
  }

  private Shown play(String written) {
    read = written.length();
    var shown = new Shown(sizes.getFirst().size());
    var command = COMMAND.matcher(written);
    int next = 1;
    for (int at = 0; at < written.length(); at++) {
      while (next < sizes.size() && sizes.get(next).at() <= at) {
        shown.resize(sizes.get(next).size());
        next++;
      }
      if (written.charAt(at) == '\u001b') {
        if (!command.find(at) || command.start() != at) {
          throw new AssertionError("not known to a terminal: " + written.substring(at));
        }
        shown.obey(command.group(1), command.group(2), command.group(3));
        at = command.end() - 1;
      } else {
        shown.put(written.charAt(at));
      }
    }
    return shown;
  }

  /** Its lines, and where on it the next character goes. */
  private static final class Shown {
    private final List<String> lines = new ArrayList<>(List.of(""));
    private TerminalSize size;
    private int top;
    private int row;
    private int column;
    private boolean wraps = true;

    Shown(TerminalSize size) {
      this.size = size;
    }

    void put(char character) {
      switch (character) {
        case '\n' -> down();
        case '\r' -> column = 0;
        default -> {
          if (column == size.columns() && wraps) {
            down();
          }
          column = Math.min(column, size.columns() - 1);
          var line = new StringBuilder(lines.get(row));
          line.append(" ".repeat(Math.max(0, column + 1 - line.length())));
          line.setCharAt(column, character);
          lines.set(row, line.toString());
          column++;
        }
      }
    }

    private void down() {
      row++;
      column = 0;
      if (row == lines.size()) {
        lines.add("");
      }
      top = Math.max(top, lines.size() - size.rows());
    }

    void obey(String asked, String number, String letter) {
      switch (asked + letter) {
        case "?l" -> wraps = false;
        case "?h" -> wraps = true;
        case "A" -> row = Math.max(top, row - Integer.parseInt(number));
        case "J" -> clear(number.equals("2") ? top : row);
        case "H" -> {
          row = top;
          column = 0;
        }
        default -> throw new AssertionError("not known to a terminal: " + letter);
      }
    }

    private void clear(int from) {
      while (lines.size() > from + 1) {
        lines.removeLast();
      }
      lines.set(from, "");
    }

    void resize(TerminalSize next) {
      var broken = new ArrayList<String>();
      for (var line : lines) {
        var rest = line;
        while (rest.length() > next.columns()) {
          broken.add(rest.substring(0, next.columns()));
          rest = rest.substring(next.columns());
        }
        broken.add(rest);
      }
      lines.clear();
      lines.addAll(broken);
      size = next;
      row = lines.size() - 1;
      top = Math.max(0, lines.size() - size.rows());
    }
  }
}
