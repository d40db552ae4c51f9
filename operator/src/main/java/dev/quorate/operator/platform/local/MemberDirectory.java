package dev.quorate.operator.platform.local;

import dev.quorate.operator.platform.PlatformException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of one member: its data, which is its volume, its ports, and its log. */
record MemberDirectory(Path path) {
  private static final int PORTS = 3;
  private static final int LOWEST_PORT = 20_000;
  private static final int HIGHEST_PORT = 32_000;
  private static final int ATTEMPTS = 1_000;

  Path data() {
    return path.resolve("data");
  }

  Path log() {
    return path.resolve("log.txt");
  }

  SettingsFile settings() {
    return new SettingsFile(path.resolve("settings.json"));
  }

  boolean volumePresent() {
    return Files.isDirectory(data());
  }

  /** The member's ports, or null if it has none yet. */
  @Nullable MemberPorts ports() {
    try {
      var numbers =
          Arrays.stream(Files.readString(portsFile()).strip().split(" "))
              .map(Integer::valueOf)
              .toList();
      return new MemberPorts(numbers.get(0), numbers.get(1), numbers.get(2));
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      throw new PlatformException(
          "%s does not hold three port numbers: put back those that the member had, or delete %s with all its data and let it be replaced"
              .formatted(portsFile(), path),
          e);
    }
  }

  /** Makes the directory with everything that a start needs; what is there stays. */
  MemberPorts prepare() {
    try {
      Files.createDirectories(data());
      var known = ports();
      if (known != null) {
        return known;
      }
      var ports = freePorts();
      Files.writeString(
          portsFile(),
          ports.stream().map(String::valueOf).collect(Collectors.joining(" ", "", "\n")));
      return new MemberPorts(ports.get(0), ports.get(1), ports.get(2));
    } catch (IOException e) {
      throw new PlatformException("cannot prepare %s: %s".formatted(path, e), e);
    }
  }

  /** Deletes everything of the member. */
  void delete() {
    try {
      deleteTree(path);
    } catch (IOException e) {
      throw new PlatformException("cannot delete %s: %s".formatted(path, e), e);
    }
  }

  static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(tree)) {
      for (var each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private Path portsFile() {
    return path.resolve("ports");
  }

  /**
   * Three that nobody listens on, held open together so that they differ. They are taken from below
   * the range that outgoing connections get theirs from: a member must find its own free again when
   * it starts the next time.
   */
  private static List<Integer> freePorts() throws IOException {
    var random = RandomGenerator.getDefault();
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (int attempt = 0; sockets.size() < PORTS && attempt < ATTEMPTS; attempt++) {
        int port = random.nextInt(LOWEST_PORT, HIGHEST_PORT);
        try {
          sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (BindException _) {
          // Somebody has it: try another.
        }
      }
      if (sockets.size() < PORTS) {
        throw new IOException(
            "no free port between %d and %d".formatted(LOWEST_PORT, HIGHEST_PORT));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }
}
