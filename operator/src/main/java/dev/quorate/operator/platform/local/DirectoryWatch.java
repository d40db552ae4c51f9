package dev.quorate.operator.platform.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells when an entry of certain directories is made, changed or deleted. */
final class DirectoryWatch implements AutoCloseable {
  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  private final WatchService service;
  private final Runnable onChange;

  DirectoryWatch(Runnable onChange) throws IOException {
    this.service = FileSystems.getDefault().newWatchService();
    this.onChange = onChange;
    Thread.ofPlatform().daemon(true).name("directory-watch").start(this::watch);
  }

  void add(@Nullable Path directory) throws IOException {
    if (directory != null) {
      directory.register(service, KINDS);
    }
  }

  /** Also watches the directories in this one; repeated because they come and go. */
  void addChildren(Path parent) {
    try (Stream<Path> entries = Files.list(parent)) {
      for (var entry : entries.filter(Files::isDirectory).toList()) {
        // Registering again what is watched already changes nothing.
        entry.register(
            service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
      }
    } catch (IOException | UncheckedIOException | ClosedWatchServiceException _) {
      // It was deleted in this moment, and its parent tells so; or all is being closed.
    }
  }

  private void watch() {
    try {
      while (true) {
        var key = service.take();
        key.pollEvents();
        key.reset();
        onChange.run();
      }
    } catch (ClosedWatchServiceException | InterruptedException _) {
      // Closed: nobody listens any more.
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException _) {
      // The process ends anyway.
    }
  }
}
