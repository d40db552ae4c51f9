package dev.quorate.node.replication;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Delivers within the process, at once, unless a member is cut off. */
final class MemoryNetwork {
  private final Map<Long, PeerReceiver> receivers = new ConcurrentHashMap<>();
  private final Set<Long> cutOff = ConcurrentHashMap.newKeySet();

  /** Whoever wants to know what members say, at the moment at which they say it. */
  private volatile Consumer<Message> listener = _ -> {};

  void listen(Consumer<Message> newListener) {
    listener = newListener;
  }

  void cutOff(long member) {
    cutOff.add(member);
  }

  void reconnect(long member) {
    cutOff.remove(member);
  }

  PeerTransport transport() {
    return new Endpoint();
  }

  private final class Endpoint implements PeerTransport {
    private final Map<Long, List<String>> peers = new ConcurrentHashMap<>();
    private volatile long self;

    @Override
    public void start(long clusterId, long memberId, PeerReceiver receiver) {
      self = memberId;
      receivers.put(memberId, receiver);
    }

    @Override
    public void putPeer(long id, List<String> peerUrls) {
      peers.put(id, peerUrls);
    }

    @Override
    public void removePeer(long id) {
      peers.remove(id);
    }

    @Override
    public void send(List<Message> messages) {
      messages.forEach(listener);
      var byReceiver = new TreeMap<Long, List<Message>>();
      messages.forEach(
          message -> byReceiver.computeIfAbsent(message.to(), _ -> new ArrayList<>()).add(message));
      byReceiver.forEach(
          (to, batch) -> {
            var receiver = receivers.get(to);
            if (receiver == null || cutOff.contains(to) || cutOff.contains(self)) {
              return;
            }
            var sender = receivers.get(self);
            if (!receiver.isRemoved(self)) {
              var _ = receiver.receive(batch);
            } else if (sender != null) {
              sender.removedByPeer(to);
            }
          });
    }

    @Override
    public CompletableFuture<Boolean> sendState(
        long to, long term, Snapshot snapshot, int formatVersion, Path directory) {
      var receiver = receivers.get(to);
      if (receiver == null || cutOff.contains(to) || cutOff.contains(self)) {
        return CompletableFuture.failedFuture(new IOException("cut off"));
      }
      try (var files = Files.walk(directory)) {
        var message = new Message.InstallSnapshot(self, to, term, snapshot);
        var incoming = receiver.receiveState(message, formatVersion);
        for (var file : files.filter(Files::isRegularFile).toList()) {
          incoming.write(
              directory.relativize(file).toString(), 0, ByteBuffer.wrap(Files.readAllBytes(file)));
        }
        return incoming.complete();
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public CompletableFuture<MembershipStepResult> changeMembership(
        long leader, MembershipStep step) {
      var receiver = receivers.get(leader);
      return receiver == null
          ? CompletableFuture.failedFuture(new IOException("cut off"))
          : receiver.changeMembership(step);
    }

    @Override
    public CompletableFuture<LeaseAnswer> askAboutLease(long leader, LeaseQuestion question) {
      var receiver = receivers.get(leader);
      return receiver == null || cutOff.contains(leader) || cutOff.contains(self)
          ? CompletableFuture.failedFuture(new IOException("cut off"))
          : receiver.askAboutLease(question);
    }

    @Override
    public CompletableFuture<StateHash> hashState(long member, StateHashRequest request) {
      var receiver = receivers.get(member);
      return receiver == null || cutOff.contains(member) || cutOff.contains(self)
          ? CompletableFuture.failedFuture(new IOException("cut off"))
          : receiver.hashState(request);
    }

    @Override
    public void close() {
      receivers.remove(self);
    }
  }
}
