package dev.quorate.node;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a node tells at /metrics, at one moment. */
record Scrape(String text) {
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("\\w+=\"((?:[^\"\\\\]|\\\\.)*)\"");

  static Scrape of(TestNode node) throws IOException, InterruptedException {
    return new Scrape(node.get("/metrics").body());
  }

  /** The value of a sample by its name and the values of its labels in their order; 0 if absent. */
  double value(String name, String... labels) {
    return text.lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> labels(line).equals(List.of(labels)))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }

  private static List<String> labels(String line) {
    return LABEL.matcher(line).results().map(label -> label.group(1)).toList();
  }

  /** The type of each name. */
  SortedMap<String, String> types() {
    var types = new TreeMap<String, String>();
    TYPE.matcher(text).results().forEach(type -> types.put(type.group(1), type.group(2)));
    return types;
  }
}
