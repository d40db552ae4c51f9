package dev.quorate.charts;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One of the charts, and what Helm makes of it. */
enum Chart {
  OPERATOR("quorate-operator", "quorate-operator", "quorate-system"),
  CLUSTER("quorate-cluster", "demo", "team-a");

  static final Path ROOT = root();

  /** What the charts are rendered for: a version that they are tried on. */
  private static final String KUBERNETES = "1.36.3";

  private static final Pattern HOOK =
      Pattern.compile(
          " +annotations:\n +helm\\.sh/hook: test\n +helm\\.sh/hook-delete-policy: .*\n");

  private final String folder;
  private final String release;
  private final String namespace;

  Chart(String folder, String release, String namespace) {
    this.folder = folder;
    this.release = release;
    this.namespace = namespace;
  }

  Path folder() {
    return ROOT.resolve("charts").resolve(folder);
  }

  Path file(String name) {
    return folder().resolve(name);
  }

  /** The documents that Helm renders, as text, without what only {@code helm test} makes. */
  List<String> documents(Map<String, Object> values) {
    return documents(folder(), values);
  }

  /** All that Helm makes, as objects; what {@code helm test} makes is among them. */
  List<JsonNode> render(Map<String, Object> values) {
    var objects = new ArrayList<JsonNode>();
    try {
      Path copy = Files.createTempDirectory("chart");
      try {
        documents(withoutHooks(folder(), copy), values)
            .forEach(document -> objects.add(Yaml.parse(document)));
      } finally {
        delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return objects;
  }

  private List<String> documents(Path chart, Map<String, Object> values) {
    TemplateCommand command =
        new Helm(chart)
            .template()
            .withName(release)
            .withNamespace(namespace)
            .withKubeVersion(KUBERNETES);
    values.forEach(command::set);
    return List.of(command.call().split("(?m)^---$")).stream()
        .map(String::strip)
        .filter(document -> document.lines().anyMatch(line -> !line.startsWith("#")))
        .toList();
  }

  /** The library renders no hooks, so the copy has ordinary objects in their place. */
  private static Path withoutHooks(Path chart, Path copy) throws IOException {
    try (var files = Files.walk(chart)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(chart.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target, HOOK.matcher(Files.readString(file)).replaceAll(""));
      }
    }
    return copy;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  List<String> lint() {
    var result = new Helm(folder()).lint().strict().call();
    return result.isFailed() ? result.getMessages() : List.of();
  }

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "no folder with mvnw above "
            + Path.of("").toAbsolutePath()
            + ": run the test in a checkout");
  }
}
