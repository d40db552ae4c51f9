package dev.quorate.node.flags;

import dev.quorate.node.flags.Flag.Effect;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints: the flags that work in their groups, and the others by name. */
final class FlagHelp {
  private static final int WIDTH = 100;
  private static final String INDENT = "      ";

  private FlagHelp() {}

  static String text() {
    var lines = new ArrayList<String>();
    lines.add("Usage: quorate-node [--FLAG=VALUE]...");
    lines.add("       quorate-node restore [flags] SNAPSHOT      (quorate-node restore --help)");
    lines.add("       quorate-node snapshot-status SNAPSHOT");
    lines.add("One member of a strongly consistent key-value cluster that speaks the etcd v3 API.");
    for (FlagGroup group : FlagTable.GROUPS) {
      var working = with(group, Effect.WORKS);
      if (!working.isEmpty()) {
        lines.add("");
        lines.add(group.title() + ":");
        working.forEach(flag -> describe(flag, lines));
      }
    }
    lines.add("");
    lines.add("Other:");
    lines.add("  --help, -h");
    lines.add(INDENT + "Print this and exit.");
    lines.add("  --version");
    lines.add(INDENT + "Print the version and exit.");
    byName("Accepted without effect, as etcd's scripts give them", Effect.NONE, lines);
    byName("Refused, with what to use instead", Effect.REFUSED, lines);
    lines.add("");
    lines.addAll(
        List.of(
            "Every flag can also be given by environment: --data-dir as ETCD_DATA_DIR. A flag wins.",
            "Data that is already in the data directory wins over the --initial-... flags."));
    return String.join("\n", lines) + "\n";
  }

  private static List<Flag> with(FlagGroup group, Effect effect) {
    return group.flags().stream().filter(flag -> flag.effect() == effect).toList();
  }

  private static void describe(Flag flag, List<String> lines) {
    lines.add("  %s=%s".formatted(flag.dashed(), flag.kind().placeholder()));
    String defaultText = flag.defaultText().isEmpty() ? "none" : flag.defaultText();
    wrap(flag.meaning() + " Default: " + defaultText, INDENT, lines);
  }

  private static void byName(String title, Effect effect, List<String> lines) {
    var names = new ArrayList<String>();
    for (FlagGroup group : FlagTable.GROUPS) {
      with(group, effect).forEach(flag -> names.add(flag.dashed()));
    }
    lines.add("");
    lines.add(title + ":");
    wrap(String.join(" ", names), "  ", lines);
  }

  private static void wrap(String text, String indent, List<String> lines) {
    var line = new StringBuilder(indent);
    for (String word : text.split(" ", -1)) {
      if (line.length() + word.length() > WIDTH && line.length() > indent.length()) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(indent);
      }
      line.append(word).append(' ');
    }
    lines.add(line.toString().stripTrailing());
  }
}
