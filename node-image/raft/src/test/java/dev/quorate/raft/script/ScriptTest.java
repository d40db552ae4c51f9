package dev.quorate.raft.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every script: commands, a line {@code ----}, and what they print up to an empty line. A
 * change of behaviour is reviewed as the diff that {@code -Drewrite=true} makes.
 */
class ScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/scripts");

  static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void script(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = run(expected);
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual).as("%s (rewrite with -Drewrite=true)", file).isEqualTo(expected);
    }
  }

  /** The script with the output that it has now. */
  private static String run(String script) {
    var result = new StringBuilder();
    var cluster = new ScriptCluster();
    var commands = new ArrayList<String>();
    boolean inOutput = false;
    for (String line : script.lines().toList()) {
      if (line.equals("----")) {
        result.append("----\n");
        commands.forEach(command -> result.append(cluster.run(command)));
        commands.clear();
        inOutput = true;
      } else if (line.isEmpty()) {
        result.append('\n');
        inOutput = false;
      } else if (!inOutput) {
        result.append(line).append('\n');
        if (!line.startsWith("#")) {
          commands.add(line);
        }
      }
    }
    return result.toString();
  }
}
