package dev.quorate.node.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The table is sound, and the page about the flags is what the table says. */
final class FlagPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "flags.md");

  @Test
  void defaultsAreOfTheirKind() {
    for (FlagGroup group : FlagTable.GROUPS) {
      for (Flag flag : group.flags()) {
        if (flag.effect() == Flag.Effect.WORKS) {
          assertThat(flag.kind().problem(flag.defaultText())).as(flag.name()).isNull();
        }
      }
    }
  }

  @Test
  void thePageIsWhatTheTableSays() throws IOException {
    var text = page();
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(PAGE, text);
    }
    assertThat(PAGE)
        .as("written anew by: ./mvnw -pl node-image/server test -Dtest=FlagPageTest -Drewrite=true")
        .hasContent(text);
  }

  private static String page() {
    var page =
        new StringBuilder(
            """
            # Flags of the node

            A node takes etcd's flags (3.7, and the `experimental-` names of 3.5), so that what started an etcd can start it.
            `--name=x`, `--name x` and `-name x` are the same, as in Go; a switch is `--managed` or `--managed=false`. Each flag is
            also an environment variable (`--data-dir` is `ETCD_DATA_DIR`); a flag wins over its variable, and an unknown `ETCD_`
            variable gets a warning. With `--config-file`, a YAML file whose keys are these names (and etcd's sections
            `client-transport-security`, `peer-transport-security`, `socket-options`), other flags and variables are ignored, and one
            line says which. An unknown flag or key is refused, with the name that is nearest; a bad value ends the start with exit
            code 2 and one line that says what would be right.

            *works*: does what etcd's does, unless the text says otherwise. *no effect*: accepted, and named in one line of the log.
            *refused*: taking it would mislead; a switch that is off and an empty value are accepted.

            This page is made from the table in `dev.quorate.node.flags`, and compared with it by a test.
            """);
    for (FlagGroup group : FlagTable.GROUPS) {
      page.append(
          "\n## %s\n\n| flag | default | | |\n| --- | --- | --- | --- |\n"
              .formatted(group.title()));
      for (Flag flag : group.flags()) {
        page.append(
            "| `%s` | %s | %s | %s |\n"
                .formatted(flag.dashed(), flag.defaultText(), effect(flag), cell(flag.meaning())));
      }
    }
    return page.toString();
  }

  private static String effect(Flag flag) {
    return switch (flag.effect()) {
      case WORKS -> "works";
      case NONE -> "no effect";
      case REFUSED -> "refused";
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
