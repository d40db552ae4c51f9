package dev.quorate.simulator.disk;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A path of a simulated disk: names below its root. */
public final class SimulatedPath implements Path {
  private final SimulatedFileSystem fileSystem;
  private final boolean absolute;
  private final List<String> names;

  SimulatedPath(SimulatedFileSystem fileSystem, boolean absolute, List<String> names) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = List.copyOf(names);
  }

  static SimulatedPath of(Path path) {
    if (path instanceof SimulatedPath known) {
      return known;
    }
    throw new ProviderMismatchException();
  }

  List<String> names() {
    return names;
  }

  String lastName() {
    return names.getLast();
  }

  SimulatedPath parentPath() {
    return with(names.subList(0, names.size() - 1));
  }

  private SimulatedPath with(List<String> newNames) {
    return new SimulatedPath(fileSystem, absolute, newNames);
  }

  @Override
  public FileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public @Nullable Path getRoot() {
    return absolute ? with(List.of()) : null;
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : new SimulatedPath(fileSystem, false, List.of(lastName()));
  }

  @Override
  public @Nullable Path getParent() {
    boolean none = names.isEmpty() || (!absolute && names.size() == 1);
    return none ? null : parentPath();
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public Path getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public Path subpath(int beginIndex, int endIndex) {
    return new SimulatedPath(fileSystem, false, names.subList(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    var prefix = of(other);
    return prefix.absolute == absolute
        && prefix.names.size() <= names.size()
        && names.subList(0, prefix.names.size()).equals(prefix.names);
  }

  @Override
  public boolean endsWith(Path other) {
    var suffix = of(other).names;
    return suffix.size() <= names.size()
        && names.subList(names.size() - suffix.size(), names.size()).equals(suffix);
  }

  @Override
  public Path normalize() {
    var kept = new ArrayList<String>();
    for (var name : names) {
      if (name.equals("..") && !kept.isEmpty()) {
        kept.removeLast();
      } else if (!name.equals(".")) {
        kept.add(name);
      }
    }
    return with(kept);
  }

  @Override
  public Path resolve(Path other) {
    var path = of(other);
    if (path.absolute) {
      return path;
    }
    var all = new ArrayList<>(names);
    all.addAll(path.names);
    return with(all);
  }

  @Override
  public Path relativize(Path other) {
    var path = of(other);
    if (!path.startsWith(this)) {
      throw new IllegalArgumentException(other + " is not below " + this);
    }
    return path.subpath(names.size(), path.names.size());
  }

  @Override
  public URI toUri() {
    return URI.create("simulated:" + toAbsolutePath());
  }

  @Override
  public Path toAbsolutePath() {
    return new SimulatedPath(fileSystem, true, names);
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return toAbsolutePath().normalize();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SimulatedPath path
        && path.fileSystem.equals(fileSystem)
        && path.absolute == absolute
        && path.names.equals(names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(absolute, names);
  }

  @Override
  public String toString() {
    return (absolute ? "/" : "") + String.join("/", names);
  }
}
