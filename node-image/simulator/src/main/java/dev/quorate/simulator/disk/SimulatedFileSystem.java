package dev.quorate.simulator.disk;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The view of a {@link DiskTree} that {@link java.nio.file.Files} works on. */
public final class SimulatedFileSystem extends FileSystem {
  private final DiskTree tree;
  private final SimulatedFiles provider;

  public SimulatedFileSystem(DiskTree tree) {
    this.tree = tree;
    this.provider = new SimulatedFiles(this, tree);
  }

  public DiskTree tree() {
    return tree;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public SimulatedPath getPath(String first, String... more) {
    var names = new ArrayList<String>();
    addNames(names, first);
    for (var part : more) {
      addNames(names, part);
    }
    return new SimulatedPath(this, first.startsWith("/"), names);
  }

  private static void addNames(List<String> names, String text) {
    for (var name : text.split("/", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
