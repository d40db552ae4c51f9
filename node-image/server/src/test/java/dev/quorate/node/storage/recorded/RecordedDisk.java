package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.Appeared;
import dev.quorate.node.storage.recorded.DiskChange.DirectoryMade;
import dev.quorate.node.storage.recorded.DiskChange.PathSynced;
import dev.quorate.node.storage.recorded.DiskChange.Promised;
import dev.quorate.raft.check.Bytes;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A directory that writes down what is done to it. Safe for use by several threads. */
public final class RecordedDisk {
  /** What RocksDB writes for people, or only to hold it. */
  private static final String UNIMPORTANT = "LO(G|CK)(\\.old.*)?";

  private final Path top;
  private final RecordedFiles files;
  private final List<DiskChange> changes = new ArrayList<>();
  private final DiskModel model = new DiskModel();
  private final Map<Path, BasicFileAttributes> seen = new HashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private Refusal refusal = _ -> {};

  /** What a disk that fails throws instead of doing what it is asked for. */
  public interface Refusal {
    void check(DiskChange change) throws IOException;
  }

  /** The change itself. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** What is in the directory already is durable. */
  public RecordedDisk(Path top) throws IOException {
    this.top = top;
    this.files = new RecordedFiles(this, FileSystems.getDefault());
    try (var content = Files.walk(top)) {
      for (var path : content.skip(1).toList()) {
        if (Files.isDirectory(path)) {
          model.apply(new DirectoryMade(relative(path)));
          model.apply(new PathSynced(relative(path)));
        } else {
          model.apply(new Appeared(Map.of(relative(path), Bytes.of(Files.readAllBytes(path)))));
        }
      }
    }
    model.apply(new PathSynced(relative(top)));
  }

  /** The directory, for the code under test. */
  public Path root() {
    return new RecordedPath(files, top);
  }

  public synchronized void refuse(Refusal newRefusal) {
    refusal = newRefusal;
  }

  /** From now on this must be true after a crash; {@link CrashPoint#promises} has it then. */
  public synchronized void promise(Object what) {
    noteForeignFiles();
    note(new Promised(what));
  }

  public synchronized List<DiskChange> changes() {
    return List.copyOf(changes);
  }

  long newId() {
    return lastId.incrementAndGet();
  }

  Path relative(Path real) {
    return top.relativize(real);
  }

  synchronized <T> T change(DiskChange change, Action<T> action) throws IOException {
    noteForeignFiles();
    refusal.check(change);
    T result = action.run();
    note(change);
    return result;
  }

  private void note(DiskChange change) {
    model.apply(change);
    changes.add(change);
  }

  /** What RocksDB has done meanwhile in the directory of the state, as of one moment. */
  private void noteForeignFiles() {
    var found = new TreeMap<Path, Bytes>();
    try {
      boolean moved = true;
      while (moved) {
        moved = false;
        for (var file : stateFiles()) {
          moved |= addIfForeign(file, found);
        }
      }
    } catch (IOException e) {
      throw new AssertionError("cannot look at the state", e);
    }
    if (!found.isEmpty()) {
      note(new Appeared(found));
    }
  }

  /** What names other files is read before them. */
  private List<Path> stateFiles() throws IOException {
    var found = new ArrayList<Path>();
    addStateFiles(top, found);
    found.removeIf(file -> file.getFileName().toString().matches(UNIMPORTANT));
    found.sort((one, other) -> Boolean.compare(isTable(one), isTable(other)));
    return found;
  }

  private static void addStateFiles(Path directory, List<Path> found) throws IOException {
    try (var content = Files.list(directory)) {
      for (var path : content.toList()) {
        if (directory.endsWith("state")) {
          found.add(path);
        } else if (Files.isDirectory(path)) {
          addStateFiles(path, found);
        }
      }
    } catch (NoSuchFileException _) {
      // It was renamed or removed meanwhile; then what is in it is no state any more.
    }
  }

  private static boolean isTable(Path file) {
    return file.toString().endsWith(".sst");
  }

  /** Whether there was something new. */
  private boolean addIfForeign(Path file, Map<Path, Bytes> found) throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      var before = seen.put(file, attributes);
      if (before != null
          && before.size() == attributes.size()
          && before.lastModifiedTime().equals(attributes.lastModifiedTime())
          && String.valueOf(before.fileKey()).equals(String.valueOf(attributes.fileKey()))) {
        return false;
      }
      var content = Bytes.of(Files.readAllBytes(file));
      if (!content.equals(model.content(relative(file)))) {
        found.put(relative(file), content);
      }
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
