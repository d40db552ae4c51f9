package dev.quorate.simulator;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One process' end of the simulated network. Everybody finds everybody by id. */
final class SimulatedTransport implements PeerTransport {
  private static final long ANSWER_PATIENCE_MICROS = 1_000_000;
  private static final long STATE_PATIENCE_MICROS = 3_000_000;

  private final Incarnation process;
  private final Simulation simulation;
  private @Nullable PeerReceiver receiver;
  private boolean closed;

  SimulatedTransport(Incarnation process, Simulation simulation) {
    this.process = process;
    this.simulation = simulation;
  }

  @Override
  public void start(long clusterId, long memberId, PeerReceiver own) {
    receiver = own;
  }

  private long self() {
    return process.id();
  }

  PeerReceiver receiver() {
    return Objects.requireNonNull(receiver);
  }

  @Override
  public void putPeer(long id, List<String> peerUrls) {}

  @Override
  public void removePeer(long id) {}

  @Override
  public void send(List<Message> messages) {
    if (closed) {
      return;
    }
    for (var message : messages) {
      simulation.checker().sent(message);
      simulation.traceHash().add(message);
      simulation.trace(self(), message);
      simulation
          .network()
          .send(message, () -> simulation.at(message.to(), peer -> deliver(message, peer)));
    }
  }

  private void deliver(Message message, Incarnation peer) {
    var theirs = peer.transport();
    if (theirs.closed) {
      return;
    }
    if (!theirs.receiver().isRemoved(message.from())) {
      var _ = theirs.receiver().receive(List.of(message));
    } else {
      simulation.network().sendOnce(peer.id(), self(), () -> inProcess(this::removedByPeer));
    }
  }

  private void removedByPeer() {
    receiver().removedByPeer(0);
  }

  private void inProcess(Runnable action) {
    process.later(0, action);
  }

  @Override
  public CompletableFuture<Boolean> sendState(
      long to, long term, Snapshot snapshot, int formatVersion, Path directory) {
    var message = new Message.InstallSnapshot(self(), to, term, snapshot);
    var done = new CompletableFuture<Boolean>();
    process.later(
        STATE_PATIENCE_MICROS, () -> done.completeExceptionally(new IOException("no answer")));
    List<Part> parts;
    try {
      parts = read(directory);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    boolean breaks = simulation.breaksTransfer();
    simulation
        .network()
        .sendOnce(
            self(),
            to,
            () ->
                simulation.at(
                    to,
                    peer -> {
                      var _ =
                          peer.transport()
                              .receiveState(message, formatVersion, parts, breaks)
                              .whenComplete(
                                  (installed, failure) -> answer(to, done, installed, failure));
                    }));
    return done;
  }

  private record Part(String name, Bytes bytes) {}

  private static List<Part> read(Path directory) throws IOException {
    var parts = new ArrayList<Part>();
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        parts.add(
            new Part(directory.relativize(file).toString(), Bytes.of(Files.readAllBytes(file))));
      }
    }
    return parts;
  }

  private CompletableFuture<Boolean> receiveState(
      Message.InstallSnapshot message, int formatVersion, List<Part> parts, boolean breaks) {
    try {
      var incoming = receiver().receiveState(message, formatVersion);
      try {
        for (var part : parts) {
          byte[] bytes = part.bytes().array();
          int half = bytes.length / 2;
          incoming.write(part.name(), 0, ByteBuffer.wrap(bytes, 0, half));
          if (breaks) {
            throw new IOException("the connection broke");
          }
          incoming.write(part.name(), half, ByteBuffer.wrap(bytes, half, bytes.length - half));
        }
        return incoming.complete();
      } catch (IOException e) {
        incoming.abort();
        throw e;
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> void answer(
      long from, CompletableFuture<T> done, @Nullable T result, @Nullable Throwable failure) {
    simulation
        .network()
        .sendOnce(
            from,
            self(),
            () ->
                inProcess(
                    () -> {
                      if (failure == null) {
                        done.complete(result);
                      } else {
                        done.completeExceptionally(new IOException("refused", failure));
                      }
                    }));
  }

  private <T> CompletableFuture<T> ask(
      long to, Function<PeerReceiver, CompletableFuture<T>> question) {
    var done = new CompletableFuture<T>();
    process.later(
        ANSWER_PATIENCE_MICROS, () -> done.completeExceptionally(new IOException("no answer")));
    simulation
        .network()
        .sendOnce(
            self(),
            to,
            () ->
                simulation.at(
                    to,
                    peer -> {
                      var _ =
                          question
                              .apply(peer.transport().receiver())
                              .whenComplete((result, failure) -> answer(to, done, result, failure));
                    }));
    return done;
  }

  @Override
  public CompletableFuture<MembershipStepResult> changeMembership(
      long leader, MembershipStep step) {
    return ask(leader, peer -> peer.changeMembership(step));
  }

  @Override
  public CompletableFuture<LeaseAnswer> askAboutLease(long leader, LeaseQuestion question) {
    return ask(leader, peer -> peer.askAboutLease(question));
  }

  @Override
  public CompletableFuture<StateHash> hashState(long member, StateHashRequest request) {
    return ask(member, peer -> peer.hashState(request));
  }

  @Override
  public void close() {
    closed = true;
  }
}
