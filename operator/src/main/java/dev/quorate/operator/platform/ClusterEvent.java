package dev.quorate.operator.platform;

/**
 * A transition worth telling people.
 *
 * @param reason one word of a closed list, as {@code MemberAdded}
 * @param action what was being done, as {@code AddMember}
 */
public record ClusterEvent(Kind kind, String reason, String action, String message) {
  /** How Kubernetes sorts events. */
  public enum Kind {
    NORMAL,
    WARNING
  }
}
