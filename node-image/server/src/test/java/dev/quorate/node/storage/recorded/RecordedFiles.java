package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.DirectoryMade;
import dev.quorate.node.storage.recorded.DiskChange.Moved;
import dev.quorate.node.storage.recorded.DiskChange.Opened;
import dev.quorate.node.storage.recorded.DiskChange.Removed;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What {@code java.nio.file.Files} asks of a recorded disk: done on the real one, and noted. */
final class RecordedFiles extends FileSystemProvider {
  private final RecordedDisk disk;
  private final FileSystem fileSystem;
  private final FileSystemProvider real;

  RecordedFiles(RecordedDisk disk, FileSystem real) {
    this.disk = disk;
    this.real = real.provider();
    this.fileSystem = new RecordedFileSystem(this, real);
  }

  FileSystem asFileSystem() {
    return fileSystem;
  }

  private static Path real(Path path) {
    return RecordedPath.real(path);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    var file = real(path);
    if (!options.contains(StandardOpenOption.WRITE)) {
      return new RecordedReader(
          real.newFileChannel(file, options, attributes), disk, disk.relative(file));
    }
    long id = disk.newId();
    var channel =
        disk.change(
            new Opened(disk.relative(file), id),
            () -> real.newFileChannel(file, options, attributes));
    var recorded = new RecordedFile(channel, disk, id);
    if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      recorded.truncate(0);
    }
    return recorded;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    disk.change(
        new DirectoryMade(disk.relative(real(directory))),
        () -> {
          real.createDirectory(real(directory), attributes);
          return directory;
        });
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.change(
        new Removed(disk.relative(real(path))),
        () -> {
          real.delete(real(path));
          return path;
        });
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    disk.change(
        new Moved(disk.relative(real(source)), disk.relative(real(target))),
        () -> {
          real.move(real(source), real(target), options);
          return target;
        });
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    var stream = real.newDirectoryStream(real(directory), path -> filter.accept(recorded(path)));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return StreamSupport.stream(stream.spliterator(), false)
            .map(RecordedFiles.this::recorded)
            .iterator();
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  private Path recorded(Path path) {
    return new RecordedPath(this, path);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException("nobody copies yet");
  }

  @Override
  public String getScheme() {
    return "recorded";
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
    return recorded(Path.of(uri));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return real.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return real.readAttributes(real(path), attributes, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    real.setAttribute(real(path), attribute, value, options);
  }
}
