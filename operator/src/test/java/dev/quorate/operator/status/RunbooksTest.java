package dev.quorate.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever meets a reason finds a page that says what it means and what to do. */
class RunbooksTest {
  private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks");

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonHasItsPage(Reason reason) throws IOException {
    var page = Files.readString(RUNBOOKS.resolve(reason.word() + ".md"));
    assertThat(page)
        .startsWith("# " + reason.word() + "\n")
        .contains("**What it means.**", "**What to do.**");
  }
}
