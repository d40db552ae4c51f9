package dev.quorate.operator.platform.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.PlatformException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of one local cluster: its identity, its status, and a directory for each member. */
final class RunDirectory implements AutoCloseable {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private static final String UID = "uid";

  private final Path root;
  private final RunLock lock;

  private RunDirectory(Path root, RunLock lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Takes the directory up, or makes it; {@link RunDirectories} tells whether it may be used.
   *
   * @throws PlatformException if somebody else has it
   */
  static RunDirectory open(Path root) throws IOException {
    var known = root.toAbsolutePath().normalize();
    Files.createDirectories(known);
    var directory = new RunDirectory(known, RunLock.take(known));
    Files.createDirectories(directory.members());
    return directory;
  }

  /** Whether it was made by this class. */
  static boolean isOne(Path root) {
    return Files.isRegularFile(root.resolve(UID));
  }

  Path members() {
    return root.resolve("members");
  }

  MemberDirectory member(String name) {
    return new MemberDirectory(members().resolve(name));
  }

  /** Names of all members of which there is a directory. */
  List<String> memberNames() {
    try (Stream<Path> entries = Files.list(members())) {
      return entries
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new PlatformException("cannot list " + members() + ": " + e, e);
    }
  }

  /** What tells this cluster from all others; made at the first call and kept. */
  String uid() throws IOException {
    var file = root.resolve(UID);
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException _) {
      var uid = UUID.randomUUID().toString();
      write(file, uid);
      return uid;
    }
  }

  /**
   * The cluster that the directory is for.
   *
   * @param first what it is for if it is new
   */
  ClusterKey owner(ClusterKey first) throws IOException {
    var file = root.resolve("cluster");
    try {
      var words = Files.readString(file).strip().split("/", 2);
      return words.length == 2 ? new ClusterKey(words[0], words[1]) : first;
    } catch (NoSuchFileException _) {
      write(file, first.namespace() + "/" + first.name());
      return first;
    }
  }

  RaftClusterStatus readStatus() throws IOException {
    try {
      return YAML.readValue(Files.readString(statusFile()), RaftClusterStatus.class);
    } catch (NoSuchFileException _) {
      return RaftClusterStatus.EMPTY;
    }
  }

  void writeStatus(RaftClusterStatus status) throws IOException {
    write(statusFile(), YAML.writeValueAsString(status));
  }

  Path statusFile() {
    return root.resolve("status.yaml");
  }

  /** Lets others use it. */
  @Override
  public void close() {
    lock.close();
  }

  /** Replaces the file at once and durably: a status is written before it is acted upon. */
  private static void write(Path file, String text) throws IOException {
    var next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text, StandardCharsets.UTF_8);
    try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
