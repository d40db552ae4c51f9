package dev.quorate.simulator.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link java.nio.file.Files} asks a file system for, as far as a node uses it. */
final class SimulatedFiles extends FileSystemProvider {
  private final SimulatedFileSystem fileSystem;
  private final DiskTree tree;

  SimulatedFiles(SimulatedFileSystem fileSystem, DiskTree tree) {
    this.fileSystem = fileSystem;
    this.tree = tree;
  }

  /** Times are not kept: nothing in a node may depend on them. */
  private record Attributes(boolean isDirectory, long size) implements BasicFileAttributes {
    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime creationTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public @Nullable Object fileKey() {
      return null;
    }
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    tree.checkPower();
    var place = SimulatedPath.of(path);
    var node = tree.find(place);
    if (node != null && options.contains(StandardOpenOption.CREATE_NEW)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    if (node == null
        && (options.contains(StandardOpenOption.CREATE)
            || options.contains(StandardOpenOption.CREATE_NEW))) {
      node = tree.createFile(place);
    }
    return switch (node) {
      case null -> throw new NoSuchFileException(path.toString());
      case DiskDirectory directory -> new SimulatedChannel(tree, directory, new DiskFile());
      case DiskFile file -> {
        if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
          file.truncate(0);
        }
        yield new SimulatedChannel(tree, file, file);
      }
    };
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    var found = new ArrayList<Path>();
    for (var name : tree.directory(SimulatedPath.of(directory)).names.keySet()) {
      var path = directory.resolve(name);
      if (filter.accept(path)) {
        found.add(path);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    tree.createDirectory(SimulatedPath.of(path));
  }

  @Override
  public void delete(Path path) throws IOException {
    tree.delete(SimulatedPath.of(path));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    tree.move(SimulatedPath.of(source), SimulatedPath.of(target));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    var _ = tree.get(SimulatedPath.of(path));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    var attributes =
        switch (tree.get(SimulatedPath.of(path))) {
          case DiskDirectory _ -> new Attributes(true, 0);
          case DiskFile file -> new Attributes(false, file.size());
        };
    return type.cast(attributes);
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    return path.toAbsolutePath().equals(other.toAbsolutePath());
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public String getScheme() {
    return "simulated";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    return fileSystem.getPath(uri.getSchemeSpecificPart());
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}
