package dev.quorate.operator.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Makes text fit: what others wrote becomes one line, and a long line becomes several. */
final class Lines {
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Lines() {}

  /** The text without line breaks and without anything that a terminal would obey. */
  static String one(String text) {
    return CONTROL.matcher(LINE_BREAK.matcher(text.strip()).replaceAll(" ")).replaceAll("");
  }

  /** Breaks between words where there are some; what follows is indented more than the first. */
  static List<String> wrapped(String line, int columns) {
    var lines = new ArrayList<String>();
    int indent = Math.min(line.length() - line.stripLeading().length() + 2, columns / 2);
    var rest = line;
    while (rest.length() > columns) {
      int space = rest.lastIndexOf(' ', columns);
      int cut = space > indent ? space : columns;
      lines.add(rest.substring(0, cut).stripTrailing());
      rest = " ".repeat(indent) + rest.substring(cut).stripLeading();
    }
    lines.add(rest);
    return lines;
  }
}
