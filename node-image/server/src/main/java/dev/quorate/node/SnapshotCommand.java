package dev.quorate.node;

import dev.quorate.api.snapshot.SnapshotHeader;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagPath;
import dev.quorate.node.kv.Restoration;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.storage.ArchivedSnapshot;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the program does with a snapshot in a file while no node runs: {@code restore} makes the
 * data directory of one member of a new cluster, {@code snapshot-status} says what a file is.
 */
final class SnapshotCommand {
  static final String RESTORE = "restore";
  static final String STATUS = "snapshot-status";
  private static final List<String> SWITCHES = List.of("mark-compacted", "skip-hash-check");
  private static final List<String> FLAGS =
      List.of(
          "data-dir",
          "name",
          "initial-cluster",
          "initial-cluster-token",
          "initial-advertise-peer-urls",
          "bump-revision");
  private static final String USAGE =
      """
      quorate-node restore [flags] SNAPSHOT      makes the data directory of one member of a new cluster
        --data-dir PATH                          must be empty or not there (NAME.etcd)
        --name NAME                              (default)
        --initial-cluster NAME=URL,...           all members of the new cluster
        --initial-cluster-token TEXT             (etcd-cluster)
        --initial-advertise-peer-urls URL,...    of this member (http://localhost:2380)
        --bump-revision N                        how much to add to the revision, with --mark-compacted
        --mark-compacted                         clients that watch must begin anew
        --skip-hash-check                        take a file without, or with a wrong, digest
      quorate-node snapshot-status SNAPSHOT      checks a file and says what is in it
      """;

  private final Map<String, String> given;
  private final Path file;

  private SnapshotCommand(Map<String, String> given, Path file) {
    this.given = given;
    this.file = file;
  }

  /** Whether the arguments ask for one of these. */
  static boolean isMeant(List<String> arguments) {
    return !arguments.isEmpty()
        && (arguments.getFirst().equals(RESTORE) || arguments.getFirst().equals(STATUS));
  }

  /**
   * Does it, and returns what to print.
   *
   * @throws ConfigException if an argument makes no sense
   * @throws StartException if the file or the directory cannot be used; nothing is left then
   */
  static String run(List<String> arguments) throws ConfigException, StartException {
    var rest = arguments.subList(1, arguments.size());
    if (rest.contains("--help") || rest.contains("-h")) {
      return USAGE;
    }
    var command = parse(rest);
    try {
      return arguments.getFirst().equals(RESTORE) ? command.restore() : command.status();
    } catch (StorageException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new StartException("cannot read or write (%s): check the disk".formatted(e));
    }
  }

  private static SnapshotCommand parse(List<String> arguments) throws ConfigException {
    var given = new TreeMap<String, String>();
    var files = new ArrayList<String>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        files.add(argument);
        continue;
      }
      String[] parts = argument.replaceFirst("^--?", "").split("=", 2);
      boolean isSwitch = SWITCHES.contains(parts[0]);
      if (!isSwitch && !FLAGS.contains(parts[0])) {
        throw new ConfigException(
            "unknown flag --%s: see quorate-node restore --help".formatted(parts[0]));
      }
      if (parts.length == 1 && !isSwitch && i + 1 == arguments.size()) {
        throw new ConfigException("--%s: the value is missing".formatted(parts[0]));
      }
      given.put(parts[0], parts.length == 2 ? parts[1] : isSwitch ? "true" : arguments.get(++i));
    }
    if (files.size() != 1) {
      throw new ConfigException(
          "name one file that holds a snapshot, not %d: see quorate-node restore --help"
              .formatted(files.size()));
    }
    return new SnapshotCommand(given, FlagPath.parse("the snapshot", files.getFirst()));
  }

  private String flag(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  private boolean isOn(String name) {
    return Boolean.parseBoolean(flag(name, "false"));
  }

  private String status() throws IOException {
    SnapshotHeader header = ArchivedSnapshot.open(file, !isOn("skip-hash-check")).header();
    return "cluster %x, revision %d, applied index %d in term %d, %d bytes, members: %s%n"
        .formatted(
            header.getClusterId(),
            header.getRevision(),
            header.getAppliedIndex(),
            header.getAppliedTerm(),
            Files.size(file),
            header.getMembersList().stream()
                .map(member -> "%x %s".formatted(member.getID(), member.getName()))
                .collect(Collectors.joining(", ")));
  }

  private String restore() throws ConfigException, StartException, IOException {
    String name = flag("name", "default");
    var urls =
        NodeUrl.parseList(
            "--initial-advertise-peer-urls",
            flag("initial-advertise-peer-urls", "http://localhost:2380"));
    var cluster =
        given.containsKey("initial-cluster")
            ? InitialCluster.parse(flag("initial-cluster", ""))
            : InitialCluster.of(name, urls);
    NodeConfig.requireNamedInCluster(name, urls, cluster);
    var founders = Founders.of(cluster, name, flag("initial-cluster-token", "etcd-cluster"));
    var restoration = new Restoration(founders.members(), bump(), isOn("mark-compacted"));
    if (restoration.addedRevisions() > 0 != restoration.markCompacted()) {
      throw new ConfigException(
          "--bump-revision and --mark-compacted go together: give both, or neither");
    }
    Path directory =
        FlagPath.parse("--data-dir", flag("data-dir", name + ".etcd")).toAbsolutePath().normalize();
    refuseContent(directory);
    var snapshot = ArchivedSnapshot.open(file, !isOn("skip-hash-check"));
    unpack(snapshot, directory, new NamedMember(name, founders.self()), restoration);
    NodeIdentity self = founders.self();
    return "restored revision %d of cluster %x into %s as member %x (%s) of the new cluster %x%n"
        .formatted(
            snapshot.header().getRevision(),
            snapshot.header().getClusterId(),
            directory,
            self.memberId(),
            name,
            self.clusterId());
  }

  record NamedMember(String name, NodeIdentity identity) {}

  /**
   * All or nothing: an empty directory is empty again if it fails, but one that somebody else took
   * since it was looked at is left to them.
   */
  static void unpack(
      ArchivedSnapshot snapshot, Path directory, NamedMember member, Restoration restoration)
      throws IOException {
    boolean clear = true;
    try {
      var data = MemberData.open(directory, _ -> {});
      try {
        data.restore(member.identity(), member.name(), snapshot, restoration);
      } finally {
        data.close();
      }
      clear = false;
    } catch (StorageException e) {
      clear = e.kind() != StorageException.Kind.IN_USE && e.kind() != StorageException.Kind.FOREIGN;
      throw e;
    } finally {
      if (clear) {
        clear(directory);
      }
    }
  }

  private static void clear(Path directory) throws IOException {
    try (var content = Files.list(directory)) {
      for (var file : content.toList()) {
        Directories.delete(file);
      }
    }
  }

  private long bump() throws ConfigException {
    String text = flag("bump-revision", "0");
    long bump =
        Optional.of(text).filter(one -> one.matches("\\d{1,18}")).map(Long::parseLong).orElse(-1L);
    if (bump < 0) {
      throw new ConfigException(
          "--bump-revision: \"%s\" is not a number of revisions".formatted(text));
    }
    return bump;
  }

  private static void refuseContent(Path directory) throws StartException, IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var content = Files.list(directory)) {
      if (content.findAny().isPresent()) {
        throw new StartException(
            "%s is not empty: name a new or an empty directory with --data-dir"
                .formatted(directory));
      }
    }
  }
}
