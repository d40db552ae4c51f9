package dev.quorate.e2e.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A disk that refuses a process the syncs of some files, from now until this is closed. */
public final class FailingDisk implements AutoCloseable {
  private final Process process;

  private FailingDisk(Process process) {
    this.process = process;
  }

  /**
   * Returns when the syncs fail; skips the test where this machine cannot do that, except in CI.
   */
  public static FailingDisk begin(long pid, List<Path> files) {
    var command = new ArrayList<>(List.of(Checkout.path("e2e/failing-disk"), Long.toString(pid)));
    files.forEach(file -> command.add(file.toString()));
    try {
      var process = new ProcessBuilder(command).start();
      var said = new StringBuilder();
      BufferedReader output = process.errorReader(UTF_8);
      String line = output.readLine();
      while (line != null && !line.contains(" attached")) {
        said.append(line).append('\n');
        line = output.readLine();
      }
      if (line == null) {
        int exitCode = process.onExit().join().exitValue();
        new Output(String.join(" ", command), exitCode, "", said.toString()).orSkip();
      }
      return new FailingDisk(process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command, e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
