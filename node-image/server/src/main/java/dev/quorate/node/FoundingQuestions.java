package dev.quorate.node;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.FirstStart;
import dev.quorate.node.replication.FirstStart.Answer;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.transport.grpc.Complaint;
import io.grpc.ChannelCredentials;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Executors;

/** What a founder without data asks the other founders, all at once and again and again. */
final class FoundingQuestions {
  /** For members that need not be there; as long as etcd waits for them. */
  private static final int PATIENCE_SECONDS = 1;

  private final Founders founders;
  private final Path dataDirectory;
  private final ChannelCredentials towardsPeers;
  private final EventLoopGroup eventLoops;
  private final FirstStart start;

  FoundingQuestions(
      Founders founders,
      Path dataDirectory,
      ChannelCredentials towardsPeers,
      EventLoopGroup eventLoops) {
    this.founders = founders;
    this.dataDirectory = dataDirectory;
    this.towardsPeers = towardsPeers;
    this.eventLoops = eventLoops;
    this.start = new FirstStart(founders.self(), founders.members());
  }

  Founders founders() {
    return founders;
  }

  /**
   * One round of questions; whoever does not answer soon is asked again in the next one.
   *
   * @return why the member must not begin yet; empty: it may
   * @throws StartException if it must not begin
   */
  String ask() throws StartException {
    var unheard = start.unheard();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Member founder : founders.members()) {
        if (unheard.contains(founder.getID())) {
          threads.execute(() -> ask(founder));
        }
      }
    }
    return decide();
  }

  private void ask(Member founder) {
    var complaints = new ArrayList<String>();
    for (String url : founder.getPeerURLsList()) {
      try {
        if (heard(founder, ask(url, false))) {
          heard(founder, ask(url, true));
        }
        return;
      } catch (StatusRuntimeException e) {
        complaints.add(url + ": " + Complaint.of(e.getStatus()));
      }
    }
    synchronized (start) {
      start.silent(founder.getID(), String.join("; ", complaints));
    }
  }

  private Answer ask(String url, boolean linearizable) {
    return KnownCluster.ask(url, towardsPeers, eventLoops, linearizable, PATIENCE_SECONDS)
        .toAnswer(linearizable);
  }

  private boolean heard(Member founder, Answer answer) {
    synchronized (start) {
      return start.heard(founder.getID(), answer);
    }
  }

  private String decide() throws StartException {
    synchronized (start) {
      NodeIdentity self = founders.self();
      return switch (start.decision()) {
        case FirstStart.Decision.Begin _ -> "";
        case FirstStart.Decision.Wait(var complaints) -> waiting(complaints);
        case FirstStart.Decision.StartedBefore _ ->
            throw Newcomer.startedBefore(self.memberId(), dataDirectory);
        case FirstStart.Decision.Removed _ ->
            throw new StartException(
                "member %x was removed from cluster %x: add a new member to come back"
                    .formatted(self.memberId(), self.clusterId()));
      };
    }
  }

  private String waiting(SortedMap<Long, String> complaints) {
    List<String> members = new ArrayList<>();
    for (Member founder : founders.members()) {
      String complaint = complaints.get(founder.getID());
      if (complaint != null) {
        members.add("%s (%s)".formatted(founder.getName(), complaint));
      }
    }
    return "no data in %s, and %s could not say whether member %x was here before: start all members of --initial-cluster; if this one is not new, remove it and add a new one"
        .formatted(dataDirectory, String.join(", ", members), founders.self().memberId());
  }
}
