package dev.quorate.node.kv;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.quorate.api.command.ClusterState;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.quorum.Configuration;
import dev.quorate.raft.quorum.MembershipChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to the cluster as of the applied index: an immutable picture that any thread may
 * keep.
 *
 * @param configurationIndex log index of the last membership entry; a caller that expects another
 *     one is stale
 * @param fencingEpoch the highest epoch an operator has announced
 * @param alarms what the cluster has raised against itself, in the order it was raised
 */
public record MemberTable(
    SortedMap<Long, Member> members,
    SortedSet<Long> removed,
    long configurationIndex,
    long fencingEpoch,
    List<AlarmMember> alarms) {
  public static final MemberTable EMPTY =
      new MemberTable(Collections.emptySortedMap(), Collections.emptySortedSet(), 0, 0, List.of());

  private static final byte[] KEY = "cluster".getBytes(StandardCharsets.US_ASCII);

  public MemberTable {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    removed = Collections.unmodifiableSortedSet(new TreeSet<>(removed));
    alarms = List.copyOf(alarms);
  }

  /** The first members of a new cluster. */
  public static MemberTable of(Iterable<Member> members, long configurationIndex) {
    var table = new TreeMap<Long, Member>();
    members.forEach(member -> table.put(member.getID(), member));
    return new MemberTable(table, new TreeSet<>(), configurationIndex, 0, List.of());
  }

  /** What the core must know of it. */
  public Configuration configuration() {
    var voters = new TreeSet<Long>();
    var learners = new TreeSet<Long>();
    members.forEach((id, member) -> (member.getIsLearner() ? learners : voters).add(id));
    return new Configuration(voters, learners);
  }

  public @Nullable Member member(long id) {
    return members.get(id);
  }

  /** In the order of their ids. */
  public List<Member> list() {
    return List.copyOf(members.values());
  }

  public boolean isRemoved(long id) {
    return removed.contains(id);
  }

  public boolean hasAlarm(AlarmType type) {
    for (var alarm : alarms) {
      if (alarm.getAlarm() == type) {
        return true;
      }
    }
    return false;
  }

  /** Whether a member other than {@code id} has one of these addresses already. */
  public boolean hasPeerUrl(long id, List<String> peerUrls) {
    return members.values().stream()
        .anyMatch(
            member ->
                member.getID() != id && !Collections.disjoint(member.getPeerURLsList(), peerUrls));
  }

  /** After a membership entry; what the core has accepted is never refused here. */
  MemberTable after(MembershipChange change, Member told, long index) {
    long id = change.id();
    var next = new TreeMap<>(members);
    var gone = new TreeSet<>(removed);
    var ringing = alarms;
    switch (change) {
      case MembershipChange.AddLearner _ ->
          next.put(id, told.toBuilder().setID(id).setIsLearner(true).build());
      case MembershipChange.AddVoter _ ->
          next.put(id, told.toBuilder().setID(id).setIsLearner(false).build());
      case MembershipChange.PromoteLearner _ ->
          next.computeIfPresent(id, (_, member) -> member.toBuilder().setIsLearner(false).build());
      case MembershipChange.Remove _ -> {
        next.remove(id);
        gone.add(id);
        ringing = alarms.stream().filter(alarm -> alarm.getMemberID() != id).toList();
      }
    }
    return new MemberTable(next, gone, index, fencingEpoch, ringing);
  }

  /** A member has said its name and client addresses. */
  MemberTable published(Member told) {
    return replaced(
        told.getID(),
        member ->
            member.toBuilder()
                .setName(told.getName())
                .clearClientURLs()
                .addAllClientURLs(told.getClientURLsList())
                .build());
  }

  /** A member's peer addresses have changed; nothing else does, least of all its role. */
  MemberTable updated(Member told) {
    return replaced(
        told.getID(),
        member ->
            member.toBuilder().clearPeerURLs().addAllPeerURLs(told.getPeerURLsList()).build());
  }

  private MemberTable replaced(long id, UnaryOperator<Member> change) {
    var next = new TreeMap<>(members);
    next.computeIfPresent(id, (_, member) -> change.apply(member));
    return new MemberTable(next, removed, configurationIndex, fencingEpoch, alarms);
  }

  /** The epoch never goes back. */
  MemberTable fenced(long epoch) {
    return new MemberTable(
        members, removed, configurationIndex, Math.max(epoch, fencingEpoch), alarms);
  }

  /** The members after an alarm went on or off, and which one it was; none if nothing fits. */
  record Alarmed(MemberTable table, List<AlarmMember> alarms) {}

  /**
   * Raises or clears the one alarm that is named, as etcd does. Whatever an entry asks for beyond
   * that changes nothing: what stands in the log must never fail.
   */
  Alarmed alarmed(AlarmRequest request) {
    var alarm =
        AlarmMember.newBuilder()
            .setMemberID(request.getMemberID())
            .setAlarmValue(request.getAlarmValue())
            .build();
    boolean known =
        request.getAlarm() != AlarmType.NONE && request.getAlarm() != AlarmType.UNRECOGNIZED;
    var next = new ArrayList<>(alarms);
    boolean named =
        switch (request.getAction()) {
          case ACTIVATE -> known && (next.contains(alarm) || next.add(alarm));
          case DEACTIVATE -> next.remove(alarm);
          case GET, UNRECOGNIZED -> false;
        };
    return new Alarmed(
        new MemberTable(members, removed, configurationIndex, fencingEpoch, next),
        named ? List.of(alarm) : List.of());
  }

  static MemberTable read(Reader reader) {
    byte[] row = reader.get(Table.META, KEY);
    if (row == null) {
      return EMPTY;
    }
    try {
      var state = ClusterState.parseFrom(row);
      var table = new TreeMap<Long, Member>();
      state.getMembersList().forEach(member -> table.put(member.getID(), member));
      return new MemberTable(
          table,
          new TreeSet<>(state.getRemovedList()),
          state.getConfigurationIndex(),
          state.getFencingEpoch(),
          state.getAlarmsList());
    } catch (InvalidProtocolBufferException e) {
      Invariants.check(false, "the row of members cannot be read: " + e.getMessage());
      return EMPTY;
    }
  }

  void write(Batch batch) {
    batch.put(
        Table.META,
        KEY,
        ClusterState.newBuilder()
            .addAllMembers(members.values())
            .addAllRemoved(removed)
            .setConfigurationIndex(configurationIndex)
            .setFencingEpoch(fencingEpoch)
            .addAllAlarms(alarms)
            .build()
            .toByteArray());
  }
}
