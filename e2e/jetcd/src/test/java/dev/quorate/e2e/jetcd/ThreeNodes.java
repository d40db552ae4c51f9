package dev.quorate.e2e.jetcd;

import dev.quorate.e2e.machine.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a cluster of three node processes, the same to all of them: each test has keys of its
 * own, and puts back what it changes of the members.
 */
final class ThreeNodes implements ParameterResolver {

  private record Started(ProcessCluster cluster, Path directory) implements AutoCloseable {
    static Started start() {
      try {
        var directory = Files.createTempDirectory("quorate-jetcd");
        return new Started(ProcessCluster.start(directory, 3), directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      cluster.close();
      try (var files = Files.walk(directory)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == ProcessCluster.class;
  }

  @Override
  public ProcessCluster resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getRoot()
        .getStore(ExtensionContext.Namespace.create(ThreeNodes.class))
        .computeIfAbsent(Started.class, _ -> Started.start(), Started.class)
        .cluster();
  }
}
