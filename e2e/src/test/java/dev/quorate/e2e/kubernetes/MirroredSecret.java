package dev.quorate.e2e.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Comparator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A Secret as files on this machine, followed once a second as a kubelet does it: all of a version
 * at once, behind a link. It ends with the tests.
 */
final class MirroredSecret {
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("mirrored-secrets").factory());

  private final RaftClusterUnderTest cluster;
  private final String secret;
  private final Path folder;
  private String version = "";

  private MirroredSecret(RaftClusterUnderTest cluster, String secret, Path folder) {
    this.cluster = cluster;
    this.secret = secret;
    this.folder = folder;
  }

  static MirroredSecret follow(RaftClusterUnderTest cluster, String secret) {
    try {
      var mirrored = new MirroredSecret(cluster, secret, Files.createTempDirectory("secret-"));
      Runtime.getRuntime().addShutdownHook(new Thread(mirrored::delete, "delete a Secret's files"));
      mirrored.refresh();
      var _ = TIMER.scheduleWithFixedDelay(mirrored::refreshLater, 1, 1, TimeUnit.SECONDS);
      return mirrored;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Always leads to the newest version. */
  Path folder() {
    return folder.resolve("now");
  }

  /** Keys are among them. */
  private void delete() {
    TIMER.shutdownNow();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + folder + " (" + e + ")");
    }
  }

  private void refreshLater() {
    var output = cluster.tryKubectl("get", "secret", secret, "-o", "json");
    if (output.succeeded()) {
      write(output.out());
    }
  }

  private void refresh() {
    write(cluster.kubectl("get", "secret", secret, "-o", "json"));
  }

  private void write(String json) {
    try {
      JsonNode read = new ObjectMapper().readTree(json);
      String found =
          read.at("/metadata/uid").asText() + read.at("/metadata/resourceVersion").asText();
      if (found.equals(version)) {
        return;
      }
      Path fresh = Files.createDirectory(folder.resolve(found));
      for (var entry : read.path("data").properties()) {
        Files.write(
            fresh.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue().asText()));
      }
      Path link = Files.createSymbolicLink(folder.resolve("next"), fresh.getFileName());
      Files.move(
          link, folder(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      version = found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
