package dev.quorate.node.storage;

import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything one member has on its disk; locked against a second process while it is open. A
 * directory without an identity belongs to nobody yet: the node is Idle.
 *
 * <pre>
 * LOCK         held while a process uses the directory
 * identity     whose data this is; written last when a member is created
 * lost         what damage was found; with it nothing here is used any more
 * log/         the write-ahead log
 * state/       the key-value state
 * incoming/    a state that is being received
 * outgoing/    copies of the state that are being sent; removed at the start
 * state.next/  a received state, complete and durable, that will replace state/
 * state.old/   a replaced state that is being removed
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private static final int PROBE_BYTES = 64 << 10;
  private static final Set<String> OURS =
      Set.of(
          "LOCK",
          "probe.tmp",
          "identity",
          "identity.tmp",
          LossMark.NAME,
          LossMark.NAME + ".tmp",
          "log",
          "state",
          "incoming",
          "outgoing",
          "state.next",
          "state.old");

  /** A fresh ext4 volume is not quite empty. */
  private static final String LOST_AND_FOUND = "lost+found";

  private final Path root;
  private final FileChannel lock;
  private @Nullable Identity identity;
  private volatile @Nullable String loss;

  /** What was found lost and could not be written down. */
  private boolean unmarked;

  /** Whose data it is. Ids are unsigned. */
  public record Identity(long clusterId, long memberId, String name) {}

  /** Makes what a new member's directory must hold before it has an identity. */
  public interface LogCreation {
    void create(Path logDirectory, Identity identity) throws IOException;
  }

  private DataDirectory(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Makes the directory if there is none, locks it, checks that it can be used and finishes what a
   * crash interrupted. Damage that is found, or was found before, is in {@link #loss}.
   *
   * @throws StorageException if it cannot be used; nothing was changed then
   */
  public static DataDirectory open(Path root) {
    var absolute = root.toAbsolutePath().normalize();
    try {
      createRoot(absolute);
      refuseForeignContent(absolute);
      var directory = new DataDirectory(absolute, lock(absolute));
      try {
        directory.recover();
        return directory;
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable(absolute, e);
    }
  }

  /** Empty: nobody's yet. */
  public Optional<Identity> identity() {
    return Optional.ofNullable(identity);
  }

  /** What damage was found here, now or by an earlier process; empty: none. */
  public Optional<String> loss() {
    return Optional.ofNullable(loss);
  }

  /**
   * Says for good that damage was found here. What was found first stands.
   *
   * @throws IOException if the disk does not take it; until it is closed the directory knows anyway
   */
  public synchronized void markLost(String what) throws IOException {
    if (loss == null) {
      loss = what;
      unmarked = true;
      writeMark();
    }
  }

  private synchronized void writeMark() throws IOException {
    String what = loss;
    if (what != null && unmarked) {
      LossMark.write(root, what);
      unmarked = false;
    }
  }

  /** Refuses what is not to be trusted. */
  public void requireSound() {
    String what = loss;
    if (what != null) {
      throw new StorageException(Kind.DATA_LOST, what);
    }
  }

  /** Makes the directory the member's; the identity is the last step, so a crash before is Idle. */
  public void create(Identity newIdentity, LogCreation logCreation) {
    requireSound();
    if (identity != null) {
      throw new StorageException(
          Kind.FOREIGN,
          "%s belongs to member %x of cluster %x already: use an empty directory"
              .formatted(root, identity.memberId(), identity.clusterId()));
    }
    try {
      // What an earlier creation left that did not end; the creation of the log looks at its own.
      Directories.delete(state());
      Directories.delete(incoming());
      Directories.delete(next());
      Directories.delete(old());
      logCreation.create(log(), newIdentity);
      Directories.sync(root);
      IdentityFile.write(root, "identity", newIdentity);
      identity = newIdentity;
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  public Path log() {
    return root.resolve("log");
  }

  public Path state() {
    return root.resolve("state");
  }

  /** Where a state is received; what is in it after a restart may be used or removed. */
  public Path incoming() {
    return root.resolve("incoming");
  }

  /** Where copies of the state are made for peers. */
  public Path outgoing() {
    return root.resolve("outgoing");
  }

  /**
   * Decides that the received state replaces the own one: durable, whatever crashes afterwards.
   * {@link #swapState} follows; the log begins anew behind the state only then.
   */
  public void commitIncoming() throws IOException {
    Directories.syncRecursively(incoming());
    rename(incoming(), next());
  }

  /** Puts the received state into its place; {@code state/} must not be open. */
  public void swapState() throws IOException {
    boolean more = true;
    while (more) {
      more = swapStep();
    }
  }

  /** One step of the swap, chosen by what is there, so that it goes on wherever it was left. */
  boolean swapStep() throws IOException {
    boolean hasState = Files.exists(state());
    boolean hasOld = Files.exists(old());
    if (!Files.exists(next())) {
      if (hasOld && hasState) {
        Directories.delete(old());
      } else if (hasOld) {
        rename(old(), state());
      }
      return false;
    }
    if (!hasState) {
      rename(next(), state());
    } else if (hasOld) {
      Directories.delete(old());
    } else {
      rename(state(), old());
    }
    return true;
  }

  private Path next() {
    return root.resolve("state.next");
  }

  private Path old() {
    return root.resolve("state.old");
  }

  private void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(root);
  }

  private void recover() throws IOException {
    loss = LossMark.read(root);
    readIdentity();
    if (loss != null) {
      return;
    }
    probeSpace();
    Directories.delete(outgoing());
    swapState();
  }

  private void readIdentity() throws IOException {
    var file = root.resolve("identity");
    try {
      identity = Files.exists(file) ? IdentityFile.read(file) : null;
    } catch (StorageException e) {
      if (e.kind() != Kind.DATA_LOST) {
        throw e;
      }
      try {
        markLost(String.valueOf(e.getMessage()));
      } catch (IOException _) {
        // It is known now, and tried again at the end: the node has to be there to tell.
      }
    }
  }

  /** A full or failing disk is better known now than at the first write. */
  private void probeSpace() throws IOException {
    var probe = root.resolve("probe.tmp");
    try (var channel =
        FileChannel.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.allocate(PROBE_BYTES);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private static void createRoot(Path root) throws IOException {
    if (root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      var onlyOwner = PosixFilePermissions.fromString("rwx------");
      Directories.create(root, PosixFilePermissions.asFileAttribute(onlyOwner));
    } else {
      Directories.create(root);
    }
  }

  private static void refuseForeignContent(Path root) throws IOException {
    if (Files.exists(root.resolve("identity"))) {
      return;
    }
    var foreign = new TreeSet<String>();
    try (var files = Files.list(root)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !OURS.contains(name) && !name.equals(LOST_AND_FOUND))
          .filter(name -> !name.startsWith("."))
          .forEach(foreign::add);
    }
    if (!foreign.isEmpty()) {
      throw new StorageException(
          Kind.FOREIGN,
          "%s is not a data directory of quorate-node, but it is not empty (%s): use an empty or a new directory"
              .formatted(root, String.join(", ", foreign)));
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    var channel =
        FileChannel.open(
            root.resolve("LOCK"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(root, channel);
      }
      var pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      return channel;
    } catch (OverlappingFileLockException _) {
      var inUse = inUse(root, channel);
      channel.close();
      throw inUse;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static StorageException inUse(Path root, FileChannel lock) throws IOException {
    var content = ByteBuffer.allocate(32);
    lock.read(content, 0);
    var pid = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    return new StorageException(
        Kind.IN_USE,
        "%s is in use by process %s: stop that one, or use another directory"
            .formatted(root, pid.isEmpty() ? "(unknown)" : pid));
  }

  private static StorageException unusable(Path root, IOException cause) {
    String reason =
        switch (cause) {
          case FileAlreadyExistsException e -> e.getFile() + " is not a directory";
          case FileSystemException e when e.getReason() == null ->
              e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
          default -> String.valueOf(cause.getMessage());
        };
    return new StorageException(
        Kind.UNUSABLE,
        "cannot use the data directory %s (%s): check that it is a directory, that this user may write there, and that the disk has space"
            .formatted(root, reason),
        cause);
  }

  /** Lets others use the directory; log and state must be closed before. */
  @Override
  public void close() {
    try {
      writeMark();
    } catch (IOException _) {
      // A disk that was full may have had room; that it has not was told when it failed first.
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }
}
