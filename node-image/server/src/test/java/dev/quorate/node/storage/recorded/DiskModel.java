package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.Appeared;
import dev.quorate.node.storage.recorded.DiskChange.Cut;
import dev.quorate.node.storage.recorded.DiskChange.DirectoryMade;
import dev.quorate.node.storage.recorded.DiskChange.FileSynced;
import dev.quorate.node.storage.recorded.DiskChange.Moved;
import dev.quorate.node.storage.recorded.DiskChange.Opened;
import dev.quorate.node.storage.recorded.DiskChange.PathSynced;
import dev.quorate.node.storage.recorded.DiskChange.Promised;
import dev.quorate.node.storage.recorded.DiskChange.Removed;
import dev.quorate.node.storage.recorded.DiskChange.Written;
import dev.quorate.raft.check.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a disk holds, and what of that a crash may take: the content of a file until it is synced,
 * and its name until its directory is. POSIX promises no more than that.
 */
final class DiskModel {
  private final DirectoryNode root = new DirectoryNode();
  private final Map<Long, FileNode> open = new HashMap<>();

  private sealed interface Node {}

  private static final class FileNode implements Node {
    private byte[] content = new byte[0];
    private byte[] durable = new byte[0];
    private final List<DiskChange> unsynced = new ArrayList<>();

    void change(DiskChange change) {
      content = changed(content, change);
      unsynced.add(change);
    }

    void sync() {
      durable = content;
      unsynced.clear();
    }

    byte[] after(Survival survival, SplittableRandom random) {
      return switch (survival.data()) {
        case ALL -> content;
        case SYNCED -> durable;
        case SOME -> {
          byte[] some = durable;
          for (var change : unsynced) {
            some = random.nextBoolean() ? changed(some, change) : some;
          }
          yield some;
        }
      };
    }
  }

  private static byte[] changed(byte[] content, DiskChange change) {
    return switch (change) {
      case Written(_, long position, Bytes data) -> {
        int end = Math.toIntExact(position + data.size());
        byte[] longer = Arrays.copyOf(content, Math.max(content.length, end));
        System.arraycopy(data.array(), 0, longer, (int) position, data.size());
        yield longer;
      }
      case Cut(_, long sizeBytes) ->
          Arrays.copyOf(content, (int) Math.min(content.length, sizeBytes));
      case DirectoryMade _,
          Opened _,
          FileSynced _,
          PathSynced _,
          Moved _,
          Removed _,
          Appeared _,
          Promised _ ->
          throw new IllegalArgumentException("does not change a file: " + change);
    };
  }

  private static final class DirectoryNode implements Node {
    private final TreeMap<String, Node> names = new TreeMap<>();
    private final TreeMap<String, Node> durable = new TreeMap<>();

    /** Each is what one call did to some names; null: gone. */
    private final List<Map<String, @Nullable Node>> unsynced = new ArrayList<>();

    void change(Map<String, @Nullable Node> change) {
      change.forEach((name, node) -> put(names, name, node));
      unsynced.add(change);
    }

    void sync() {
      durable.clear();
      durable.putAll(names);
      unsynced.clear();
    }

    private static void put(Map<String, Node> names, String name, @Nullable Node node) {
      if (node == null) {
        names.remove(name);
      } else {
        names.put(name, node);
      }
    }

    /** File systems keep the order of what is done to names: some of it is the first of it. */
    Map<String, Node> after(Survival survival, SplittableRandom random) {
      return switch (survival.names()) {
        case ALL -> names;
        case SYNCED -> durable;
        case SOME -> {
          var some = new TreeMap<>(durable);
          for (var change : unsynced.subList(0, random.nextInt(unsynced.size() + 1))) {
            change.forEach((name, node) -> put(some, name, node));
          }
          yield some;
        }
      };
    }
  }

  void apply(DiskChange change) {
    switch (change) {
      case DirectoryMade(Path directory) -> enter(directory, new DirectoryNode());
      case Opened(Path file, long id) -> open.put(id, opened(file));
      case Written(long id, _, _) -> file(id).change(change);
      case Cut(long id, _) -> file(id).change(change);
      case FileSynced(long id) -> file(id).sync();
      case PathSynced(Path path) -> sync(path);
      case Moved(Path from, Path to) -> move(from, to);
      case Removed(Path path) -> enter(path, null);
      case Appeared(var files) -> files.forEach(this::appear);
      case Promised _ -> {}
    }
  }

  private FileNode opened(Path file) {
    if (find(file) instanceof FileNode known) {
      return known;
    }
    var made = new FileNode();
    enter(file, made);
    return made;
  }

  private FileNode file(long id) {
    return Objects.requireNonNull(open.get(id));
  }

  private void sync(Path path) {
    switch (find(path)) {
      case FileNode file -> file.sync();
      case DirectoryNode directory -> directory.sync();
      case null -> {}
    }
  }

  private void move(Path from, Path to) {
    var node = Objects.requireNonNull(find(from), () -> "nothing to move: " + from);
    var change = new TreeMap<String, @Nullable Node>();
    change.put(name(from), null);
    change.put(name(to), node);
    parent(from).change(change);
  }

  private void enter(Path path, @Nullable Node node) {
    var change = new TreeMap<String, @Nullable Node>();
    change.put(name(path), node);
    parent(path).change(change);
  }

  private void appear(Path path, Bytes content) {
    var file = new FileNode();
    file.content = content.array();
    file.sync();
    var directory = parent(path);
    directory.names.put(name(path), file);
    directory.durable.put(name(path), file);
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private DirectoryNode parent(Path path) {
    var parent = path.getParent();
    return parent == null ? root : (DirectoryNode) Objects.requireNonNull(find(parent));
  }

  private @Nullable Node find(Path path) {
    Node node = root;
    for (var part : path) {
      if (part.toString().isEmpty()) {
        continue;
      }
      node = node instanceof DirectoryNode directory ? directory.names.get(part.toString()) : null;
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  /** What is in a file now; null if there is none. */
  @Nullable Bytes content(Path path) {
    return find(path) instanceof FileNode file ? Bytes.of(file.content) : null;
  }

  /** What a crash now may leave. */
  DiskImage image(Survival survival) {
    var directories = new ArrayList<String>();
    var files = new TreeMap<String, Bytes>();
    collect(root, "", survival, new SplittableRandom(survival.seed()), directories, files);
    return new DiskImage(List.copyOf(directories), files);
  }

  private static void collect(
      DirectoryNode directory,
      String prefix,
      Survival survival,
      SplittableRandom random,
      List<String> directories,
      Map<String, Bytes> files) {
    directory
        .after(survival, random)
        .forEach(
            (name, node) -> {
              String path = prefix + name;
              switch (node) {
                case FileNode file -> files.put(path, Bytes.of(file.after(survival, random)));
                case DirectoryNode inner -> {
                  directories.add(path);
                  collect(inner, path + "/", survival, random, directories, files);
                }
              }
            });
  }
}
