package dev.quorate.operator.platform;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator needs from a world that runs members. Every step is idempotent: repeating one
 * that was done already, wholly or in part, completes it and changes nothing else. A step returns
 * when it is ordered, not when its effect is there; the effect is seen by the next {@link
 * #observe}. Whatever fails is a {@link PlatformException} with a sentence for people.
 */
public interface Platform {
  /** What is said of a volume that stays as large as it is, whatever is tried. */
  String CANNOT_GROW = "its storage class does not let volumes grow";

  /** The members, volumes and machines of this cluster as they are now; asks no member. */
  PlatformFacts observe(RaftCluster cluster);

  /** Makes what the members share be as wanted: services, disruption budget. */
  void applyShared(RaftCluster cluster, SharedSettings settings);

  /**
   * Makes the orders to run the members that are there be as the spec says, but for their
   * templates: each member keeps the one that it has, also when it starts again by itself.
   */
  void applyMembers(RaftCluster cluster);

  /**
   * Makes the member exist and run: on Kubernetes its StatefulSet of one replica and its volume, on
   * one machine its directory and its process. A volume of that name that is there already is used
   * with what is on it, and where there is an order to run the member it keeps its template.
   *
   * @param template the mark of the template that a new order is made from; null for what the spec
   *     asks for
   */
  void createMember(RaftCluster cluster, String member, @Nullable String template);

  /** Ends the member's process or pod and starts it again on the same volume. */
  void restartMember(RaftCluster cluster, String member);

  /**
   * Gives the member another template, and ends what was made from an earlier one, so that it
   * starts from the new one. The template that it may be put back to is kept.
   */
  void updateMember(RaftCluster cluster, String member, TemplateChange change);

  /** The same, but what runs by now goes on with what it has. */
  void renewMember(RaftCluster cluster, String member, TemplateChange change);

  /**
   * Lets the member end in its ordinary way, and nothing start it before {@link #createMember}; its
   * volume stays, and what it is made from.
   */
  void stopMember(RaftCluster cluster, String member);

  /** Makes the member not run and not come back; its volume stays. */
  void deleteMember(RaftCluster cluster, String member);

  /** Deletes the volume of a member that does not run any more, with its data. */
  void deleteVolume(RaftCluster cluster, String member);

  /**
   * Makes the member's volume as large as the spec says. Where its class does not let it grow, the
   * failure's message has {@link #CANNOT_GROW} in it.
   */
  void growVolume(RaftCluster cluster, String member);

  /**
   * Makes {@code status} the cluster's status, durably, before it returns; only called when it
   * differs. Fails if the cluster's spec or status is not what {@code cluster} says any more, so
   * that nothing is decided on an old one.
   */
  void publishStatus(RaftCluster cluster, RaftClusterStatus status);

  /** The cluster as its user wants it now, which no cache may tell; null if it is gone or going. */
  default @Nullable RaftCluster current(RaftCluster cluster) {
    return cluster;
  }

  /** Where clients reach the cluster; empty where the platform cannot tell. */
  default List<String> endpoints(RaftCluster cluster) {
    return List.of();
  }

  /** Where the certificates of the cluster are kept; null where there is only plain text. */
  default @Nullable SecretStore secrets(RaftCluster cluster) {
    return null;
  }

  /** Tells people about a transition; must not fail for want of a listener. */
  void publishEvent(RaftCluster cluster, ClusterEvent event);
}
