package dev.quorate.operator.plan;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as it was seen at one moment, unknowns included.
 *
 * @param clusterId its identity; null until it has one
 * @param proposedClusterId the identity that it gets if it is made anew
 * @param members by name: of the platform, of the configuration, and of the last status
 * @param step what was begun
 * @param failure what was tried last and did not succeed
 * @param repairs what was done within the hour
 * @param wantedTemplate the mark of the pod template that the spec asks for; null where there are
 *     none
 * @param verdicts how templates proved themselves
 * @param nextOrdinal the number of the next new member; no member ever had it
 * @param podSelector passed on into the status; null where there are no pods
 * @param hibernated the spec, as it was at that moment, lets no member run
 */
public record ObservedCluster(
    String name,
    @Nullable Long clusterId,
    long proposedClusterId,
    SortedMap<String, ClusterMember> members,
    Membership membership,
    @Nullable Step step,
    @Nullable Failure failure,
    RepairBudget repairs,
    @Nullable String wantedTemplate,
    Verdicts verdicts,
    int nextOrdinal,
    @Nullable String podSelector,
    boolean hibernated) {
  public ObservedCluster {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** One whose members are to run. */
  public ObservedCluster(
      String name,
      @Nullable Long clusterId,
      long proposedClusterId,
      SortedMap<String, ClusterMember> members,
      Membership membership,
      @Nullable Step step,
      @Nullable Failure failure,
      RepairBudget repairs,
      @Nullable String wantedTemplate,
      Verdicts verdicts,
      int nextOrdinal,
      @Nullable String podSelector) {
    this(
        name,
        clusterId,
        proposedClusterId,
        members,
        membership,
        step,
        failure,
        repairs,
        wantedTemplate,
        verdicts,
        nextOrdinal,
        podSelector,
        false);
  }

  /** The same with members that are seen otherwise. */
  ObservedCluster withMembers(UnaryOperator<ClusterMember> change) {
    var others = new TreeMap<>(members);
    others.replaceAll((_, member) -> change.apply(member));
    return new ObservedCluster(
        name,
        clusterId,
        proposedClusterId,
        others,
        membership,
        step,
        failure,
        repairs,
        wantedTemplate,
        verdicts,
        nextOrdinal,
        podSelector,
        hibernated);
  }

  /** The leader's configuration, or null if no leader could be asked. */
  public Membership.@Nullable Live live() {
    return membership instanceof Membership.Live live ? live : null;
  }

  public @Nullable ClusterMember member(String member) {
    return members.get(member);
  }

  public Collection<ClusterMember> all() {
    return members.values();
  }

  public List<ClusterMember> voters() {
    return all().stream().filter(ClusterMember::votes).toList();
  }

  /** How many voters do their part now, also those that are about to go. */
  public int servingVoters() {
    return (int) voters().stream().filter(ClusterMember::serves).count();
  }

  /** How many voters do their part and are expected to go on. */
  public int healthyVoters() {
    return (int) voters().stream().filter(ClusterMember::healthy).count();
  }

  /** Voters whose data is proven to be gone. */
  public List<ClusterMember> lostVoters() {
    return voters().stream().filter(member -> member.loss() != null).toList();
  }

  boolean hasLearner() {
    return !membership.learners().isEmpty();
  }

  public @Nullable ClusterMember leader() {
    return all().stream().filter(ClusterMember::leads).findFirst().orElse(null);
  }

  /** Nothing of it runs, or is about to. */
  public boolean asleep() {
    return all().stream().allMatch(ClusterMember::absent);
  }

  /** Members of the configuration, voters and learners. */
  public List<ClusterMember> configured() {
    return all().stream().filter(member -> member.raft() != null).toList();
  }

  /** Whether the member runs, or is to run, something else than the spec asks for. */
  public boolean outdated(ClusterMember member) {
    var wanted = wantedTemplate;
    var template = member.platform().template();
    return wanted != null && !template.unknown() && !template.is(wanted);
  }

  public String nextName() {
    return MemberNaming.member(name, nextOrdinal);
  }
}
