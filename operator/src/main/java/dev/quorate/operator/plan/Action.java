package dev.quorate.operator.plan;

import dev.quorate.operator.platform.TemplateChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One single thing that the operator does; a plan has at most one. */
public sealed interface Action {
  /** The member that it is about. */
  String member();

  /**
   * Makes the member exist and run on the platform.
   *
   * @param template the pod template that it gets, by its mark, unless there is an order to run it
   *     already; null where there are no templates
   */
  record CreateMember(String member, @Nullable String template) implements Action {}

  /** Makes the idle member the first and only voter of a new cluster. */
  record BootstrapMember(String member, long clusterId) implements Action {}

  /** Makes the idle member a learner, in the log of the cluster. */
  record AddLearner(String member, String peerUrl) implements Action {}

  /** Tells the idle member, a learner already, who it is and where its cluster is. */
  record JoinMember(String member, long clusterId, long memberId, List<String> peerUrls)
      implements Action {
    public JoinMember {
      peerUrls = List.copyOf(peerUrls);
    }
  }

  /** Makes the learner a voter. */
  record PromoteLearner(String member, long memberId) implements Action {}

  /** Hands leadership from the member to another one and waits until that one leads. */
  record TransferLeadership(String member, String target, long targetId) implements Action {}

  /**
   * Takes the voter or learner out of the cluster.
   *
   * @param lost because it is lost; refused if it turns out not to be
   */
  record RemoveMember(String member, long memberId, boolean lost) implements Action {
    /** One that may be well and is not wanted any more. */
    public RemoveMember(String member, long memberId) {
      this(member, memberId, false);
    }
  }

  /** Makes a member that is not in the cluster any more not run on the platform. */
  record DeleteMember(String member) implements Action {}

  /** Deletes the volume of a member that is gone. */
  record DeleteVolume(String member) implements Action {}

  /** Ends the member's process and starts it again. */
  record RestartMember(String member) implements Action {}

  /** Ends the member's process, which nothing starts again before {@link CreateMember}. */
  record StopMember(String member) implements Action {}

  /** Gives another pod template to a member that has not started. */
  record RenewMember(String member, TemplateChange change) implements Action {}

  /** Gives another pod template to a member, ends it, and starts it again. */
  record UpdateMember(String member, TemplateChange change) implements Action {}

  /** Makes what the member starts from the next time be what it runs now. */
  record KeepTemplate(String member, String template) implements Action {}

  /** Lets the leader compare the member's state with its own; the outcome is seen later. */
  record CompareState(String member, long memberId, long token) implements Action {}

  /** Makes the member's volume as large as the spec says. */
  record GrowVolume(String member) implements Action {}

  /** What is done, for a log: identities as everywhere else, in hexadecimal. */
  default String told() {
    var what = kind() + " " + member();
    return switch (this) {
      case CreateMember _,
          DeleteMember _,
          DeleteVolume _,
          RestartMember _,
          StopMember _,
          GrowVolume _ ->
          what;
      case RenewMember(_, var change) -> what + " to template " + change.to();
      case UpdateMember(_, var change) -> what + " to template " + change.to();
      case KeepTemplate(_, var template) -> what + " at template " + template;
      case CompareState(_, long memberId, _) -> what + " (%016x)".formatted(memberId);
      case BootstrapMember(_, long clusterId) -> what + " in cluster %016x".formatted(clusterId);
      case AddLearner(_, var peerUrl) -> what + " at " + peerUrl;
      case JoinMember(_, long clusterId, long memberId, var peerUrls) ->
          what + " as %016x in cluster %016x at %s".formatted(memberId, clusterId, peerUrls);
      case PromoteLearner(_, long memberId) -> what + " (%016x)".formatted(memberId);
      case TransferLeadership(_, var target, long targetId) ->
          what + " to %s (%016x)".formatted(target, targetId);
      case RemoveMember(_, long memberId, _) -> what + " (%016x)".formatted(memberId);
    };
  }

  /** Its name in status and messages. */
  default String kind() {
    return getClass().getSimpleName();
  }
}
