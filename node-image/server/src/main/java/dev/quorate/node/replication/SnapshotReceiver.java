package dev.quorate.node.replication;

import dev.quorate.node.kv.StoreFormat;
import dev.quorate.node.replication.LogTask.Installation;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.transport.PeerReceiver.IncomingState;
import dev.quorate.raft.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives a state from the leader into the staging directory, one at a time, makes it durable
 * there, and offers it to the raft loop.
 */
final class SnapshotReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);

  private final StateHome home;
  private final BiConsumer<Message.InstallSnapshot, Installation> offer;
  private final AtomicBoolean receiving = new AtomicBoolean();

  SnapshotReceiver(StateHome home, BiConsumer<Message.InstallSnapshot, Installation> offer) {
    this.home = home;
    this.offer = offer;
  }

  IncomingState begin(Message.InstallSnapshot message, int formatVersion) throws IOException {
    StoreFormat.check(formatVersion, "the state of member " + Long.toHexString(message.from()));
    if (!receiving.compareAndSet(false, true)) {
      throw new IOException("another state is being received already");
    }
    try {
      var staging = new Staging(message, home.emptyIncoming());
      LOG.info(
          "receiving the state at index {} from member {}",
          message.snapshot().id().index(),
          Long.toHexString(message.from()));
      return staging;
    } catch (IOException | RuntimeException e) {
      receiving.set(false);
      throw e;
    }
  }

  /** The state that is being received. */
  private final class Staging implements IncomingState {
    private final Message.InstallSnapshot message;
    private final Path directory;
    private String fileName = "";
    private @Nullable FileChannel file;
    private boolean ended;

    private Staging(Message.InstallSnapshot message, Path directory) {
      this.message = message;
      this.directory = directory;
    }

    @Override
    public void write(String name, long offset, ByteBuffer data) throws IOException {
      if (file == null || !name.equals(fileName)) {
        finishFile();
        fileName = name;
        file = create(name);
      }
      if (file.position() != offset) {
        throw new IOException(
            name + ": expected offset " + file.position() + " instead of " + offset);
      }
      while (data.hasRemaining()) {
        file.write(data);
      }
    }

    private FileChannel create(String name) throws IOException {
      var path = directory.resolve(name).normalize();
      if (!path.startsWith(directory) || path.equals(directory)) {
        throw new IOException("a file of a state must lie inside it: " + name);
      }
      var parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private void finishFile() throws IOException {
      if (file != null) {
        file.force(true);
        file.close();
        file = null;
      }
    }

    @Override
    public CompletableFuture<Boolean> complete() throws IOException {
      finishFile();
      try (var channel = FileChannel.open(directory)) {
        channel.force(true);
      }
      var installation = new Installation(new CompletableFuture<>(), new CompletableFuture<>());
      offer.accept(message, installation);
      return installation
          .durable()
          .whenComplete(
              (installed, _) -> {
                LOG.info(
                    "the state at index {} was received, installed: {}",
                    message.snapshot().id().index(),
                    installed);
                end();
              });
    }

    @Override
    public void abort() {
      try {
        finishFile();
      } catch (IOException e) {
        LOG.warn("{} in {} could not be closed: {}", fileName, directory, e.toString());
      }
      end();
    }

    private void end() {
      if (!ended) {
        ended = true;
        receiving.set(false);
      }
    }
  }
}
