package dev.quorate.operator.observe;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.Membership;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.RaftMember;
import dev.quorate.operator.plan.Step;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformFacts;
import dev.quorate.operator.platform.VolumeFit;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the platform and the members say. Members are asked now, all at once, each
 * with a deadline; what did not answer is unknown, and only a leader's own view makes a membership
 * that anything is decided on.
 */
public final class ClusterObserver {
  private final MemberConnections connections;
  private final Instant watchingSince;

  /** Believes what was noted, whoever did. */
  public ClusterObserver(MemberConnections connections) {
    this(connections, Instant.EPOCH);
  }

  /**
   * @param watchingSince what was noted before that may have been otherwise meanwhile
   */
  public ClusterObserver(MemberConnections connections, Instant watchingSince) {
    this.connections = connections;
    this.watchingSince = watchingSince;
  }

  public ObservedCluster observe(RaftCluster cluster, Platform platform) {
    var facts = platform.observe(cluster);
    var status = Objects.requireNonNullElse(cluster.getStatus(), RaftClusterStatus.EMPTY);
    var answers = Answers.of(ask(ClusterKey.of(cluster), facts), StatusReader.clusterId(status));
    var names = new MemberNames(cluster.getMetadata().getName(), facts, status);
    var membership = membership(answers, names, status);
    var step = StatusReader.step(status);
    var members = new TreeMap<String, ClusterMember>();
    for (var name : allNames(facts, membership, status)) {
      members.put(name, member(name, facts, answers, membership, status, step));
    }
    int next = StatusReader.nextOrdinal(cluster.getMetadata().getName(), members.keySet(), status);
    return new ObservedCluster(
        cluster.getMetadata().getName(),
        StatusReader.clusterId(status),
        ClusterIdentity.of(cluster),
        members,
        membership,
        step,
        StatusReader.failure(status),
        StatusReader.repairs(status),
        facts.wantedTemplate(),
        StatusReader.verdicts(status),
        next,
        facts.podSelector(),
        cluster.getSpec().hibernated());
  }

  private Map<String, NodeAnswer> ask(ClusterKey key, PlatformFacts facts) {
    var urls = new TreeSet<String>();
    var pending = new HashMap<String, PendingAnswer>();
    for (var member : facts.members().values()) {
      var address = member.address();
      if (address != null
          && member.process() != ProcessState.ABSENT
          && member.hindrance() != Hindrance.ASLEEP) {
        urls.add(address.peerUrl());
        var client = connections.client(key, address.peerUrl());
        // What does not run yet would cost the whole deadline in each of the many looks meanwhile.
        if (member.process() != ProcessState.STARTING || client.isStreaming()) {
          pending.put(member.name(), new PendingAnswer(client.status()));
        }
      }
    }
    connections.keepOnly(key, urls);
    var answers = new HashMap<String, NodeAnswer>();
    pending.forEach((name, answer) -> answers.put(name, answer.await()));
    return answers;
  }

  private static Membership membership(
      Answers answers, MemberNames names, RaftClusterStatus status) {
    var leader = answers.leader();
    if (leader != null) {
      return new Membership.Live(
          leader.getMemberId(),
          leader.getCommittedIndex(),
          leader.getConfigurationIndex(),
          leader.getMembershipChangePending(),
          leader.getMembersList().stream().map(names::raftMember).toList());
    }
    var newest = answers.newestConfiguration();
    return new Membership.LastKnown(
        newest != null
            ? newest.getMembersList().stream().map(names::raftMember).toList()
            : StatusReader.lastMembers(status));
  }

  private static Collection<String> allNames(
      PlatformFacts facts, Membership membership, RaftClusterStatus status) {
    var names = new TreeSet<>(facts.members().keySet());
    membership.members().stream().map(RaftMember::name).forEach(names::add);
    status.members().stream().map(MemberStatus::name).forEach(names::add);
    return names;
  }

  private ClusterMember member(
      String name,
      PlatformFacts facts,
      Answers answers,
      Membership membership,
      RaftClusterStatus status,
      @Nullable Step step) {
    var platform = Objects.requireNonNullElse(facts.members().get(name), nothing(name));
    var raft = membership.byName(name);
    boolean leads =
        membership instanceof Membership.Live live && raft != null && raft.id() == live.leaderId();
    boolean joining = ClusterMember.isJoining(name, raft, step);
    var report = answers.report(name);
    var known = status.member(name);
    Instant since = known == null ? null : StatusReader.unhealthySince(known);
    return new ClusterMember(
        platform, report, raft, leads, joining, since, unreachableSince(known));
  }

  /** Only what this operator has seen itself counts: nobody looked while none was there. */
  private @Nullable Instant unreachableSince(@Nullable MemberStatus known) {
    var noted = known == null ? null : StatusReader.unreachableSince(known);
    return noted == null || noted.isAfter(watchingSince) ? noted : watchingSince;
  }

  /** A member that the platform has nothing of, not even a volume. */
  private static ObservedMember nothing(String name) {
    return new ObservedMember(
        name,
        null,
        ProcessState.ABSENT,
        Template.NONE,
        false,
        VolumeState.ABSENT,
        VolumeFit.UNKNOWN,
        Machine.NONE,
        "");
  }
}
