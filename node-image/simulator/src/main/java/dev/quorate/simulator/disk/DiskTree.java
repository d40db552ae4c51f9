package dev.quorate.simulator.disk;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All that is on one disk, and what becomes of it in a power cut. */
public final class DiskTree {
  /** A change of names that no sync has made durable; all of it or nothing gets through. */
  private record NameChange(List<Naming> namings) {}

  private record Naming(DiskDirectory directory, String name, @Nullable DiskNode node) {}

  private final DiskDirectory root = new DiskDirectory();
  private final List<NameChange> unsynced = new ArrayList<>();
  private DiskFaults faults = DiskFaults.NONE;
  private boolean cut;
  private int tornFiles;

  public void setFaults(DiskFaults newFaults) {
    faults = newFaults;
  }

  /** Whether the power went while somebody used the disk: nothing works until {@link #restart}. */
  public boolean isCut() {
    return cut;
  }

  /** Files of which a power cut left a part of what was written last. */
  public int tornFiles() {
    return tornFiles;
  }

  /** The power is gone and comes back. */
  public void restart(RandomGenerator random) {
    int through = random.nextInt(unsynced.size() + 1);
    unsynced.subList(0, through).forEach(DiskTree::makeDurable);
    unsynced.clear();
    loseUnsynced(root, random);
    cut = false;
  }

  private void loseUnsynced(DiskDirectory directory, RandomGenerator random) {
    directory.names.clear();
    directory.names.putAll(directory.durable);
    for (var node : directory.names.values()) {
      switch (node) {
        case DiskFile file -> tornFiles += file.loseUnsynced(random) ? 1 : 0;
        case DiskDirectory inner -> loseUnsynced(inner, random);
      }
    }
  }

  private static void makeDurable(NameChange change) {
    for (var naming : change.namings()) {
      if (naming.node() == null) {
        naming.directory().durable.remove(naming.name());
      } else {
        naming.directory().durable.put(naming.name(), naming.node());
      }
    }
  }

  void checkPower() {
    if (cut) {
      throw new PowerCut();
    }
  }

  /** Whether the step is to end in the middle. */
  boolean begin(DiskFaults.Step step, long grownBytes) throws IOException {
    checkPower();
    if (faults.cutsPower(step)) {
      return true;
    }
    faults.check(step, grownBytes);
    return false;
  }

  /** The power goes now: to be thrown. */
  public PowerCut cutPower() {
    cut = true;
    return new PowerCut();
  }

  public @Nullable DiskNode find(SimulatedPath path) {
    DiskNode node = root;
    for (var name : path.names()) {
      node = node instanceof DiskDirectory directory ? directory.names.get(name) : null;
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  /** The files of a directory by their names. */
  public List<DiskFile> filesIn(DiskDirectory directory) {
    var files = new ArrayList<DiskFile>();
    for (var node : directory.names.values()) {
      if (node instanceof DiskFile file) {
        files.add(file);
      }
    }
    return files;
  }

  /** The file at a path, which must be there. */
  public DiskFile file(Path path) throws IOException {
    if (get(SimulatedPath.of(path)) instanceof DiskFile file) {
      return file;
    }
    throw new NoSuchFileException(path.toString());
  }

  DiskNode get(SimulatedPath path) throws IOException {
    checkPower();
    var node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return node;
  }

  DiskDirectory directory(SimulatedPath path) throws IOException {
    if (get(path) instanceof DiskDirectory directory) {
      return directory;
    }
    throw new NotDirectoryException(path.toString());
  }

  private DiskDirectory parent(SimulatedPath path) throws IOException {
    return directory(path.parentPath());
  }

  DiskFile createFile(SimulatedPath path) throws IOException {
    var file = new DiskFile();
    add(path, file);
    return file;
  }

  void createDirectory(SimulatedPath path) throws IOException {
    checkPower();
    add(path, new DiskDirectory());
  }

  private void add(SimulatedPath path, DiskNode node) throws IOException {
    if (find(path) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    change(List.of(new Naming(parent(path), path.lastName(), node)));
  }

  void delete(SimulatedPath path) throws IOException {
    if (get(path) instanceof DiskDirectory directory && !directory.names.isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    change(List.of(new Naming(parent(path), path.lastName(), null)));
  }

  void move(SimulatedPath from, SimulatedPath to) throws IOException {
    var node = get(from);
    boolean cutAfter = begin(DiskFaults.Step.RENAME, 0);
    change(
        List.of(
            new Naming(parent(from), from.lastName(), null),
            new Naming(parent(to), to.lastName(), node)));
    if (cutAfter) {
      throw cutPower();
    }
  }

  private void change(List<Naming> namings) {
    for (var naming : namings) {
      if (naming.node() == null) {
        naming.directory().names.remove(naming.name());
      } else {
        naming.directory().names.put(naming.name(), naming.node());
      }
    }
    unsynced.add(new NameChange(namings));
  }

  void sync(DiskNode node) {
    switch (node) {
      case DiskFile file -> file.sync();
      case DiskDirectory directory -> {
        var left = new ArrayList<NameChange>();
        for (var change : unsynced) {
          if (change.namings().stream().anyMatch(one -> one.directory().equals(directory))) {
            makeDurable(change);
          } else {
            left.add(change);
          }
        }
        unsynced.clear();
        unsynced.addAll(left);
      }
    }
  }
}
