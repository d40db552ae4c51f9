package dev.quorate.operator.plan;

import dev.quorate.operator.platform.TemplateChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was begun and must be finished. It is in the status before its first action, and each of its
 * actions before that is taken.
 *
 * @param action the kind of the action taken last, or about to be taken; what a restarted operator
 *     must reckon with
 * @param change what the member is updated to; null for other steps
 * @param replaces the member that goes when the added one votes; null if none does
 */
public record Step(
    Operation operation,
    String action,
    String member,
    String reason,
    Instant startedAt,
    @Nullable TemplateChange change,
    @Nullable String replaces) {
  /** Kinds of steps. */
  public enum Operation {
    BOOTSTRAP("Bootstrap"),
    ADD_MEMBER("AddMember"),
    REMOVE_MEMBER("RemoveMember"),
    /** The removal of one that is lost; another one is added afterwards, as always when too few. */
    REPLACE_MEMBER("ReplaceMember"),
    RESTART_MEMBER("RestartMember"),
    UPDATE_MEMBER("UpdateMember"),
    ROLL_BACK_MEMBER("RollBackMember"),
    TRANSFER_LEADERSHIP("TransferLeadership");

    private final String word;

    Operation(String word) {
      this.word = word;
    }

    /** The word in the status. */
    public String word() {
      return word;
    }
  }

  /** The action of an addition before anything was done. */
  public static final String BEGIN = "Begin";

  /** The action of an addition whose member has joined and catches up. */
  public static final String CATCH_UP = "CatchUp";

  public Step(Operation operation, String action, String member, String reason, Instant startedAt) {
    this(operation, action, member, reason, startedAt, null, null);
  }

  public Step withAction(String next) {
    return new Step(operation, next, member, reason, startedAt, change, replaces);
  }

  Step withChange(TemplateChange next) {
    return new Step(operation, action, member, reason, startedAt, next, replaces);
  }

  /** The same with its time beginning now. */
  Step beginningAt(Instant now) {
    return new Step(operation, action, member, reason, now, change, replaces);
  }

  Step replacing(String old) {
    return new Step(operation, action, member, reason, startedAt, change, old);
  }

  /** Whether it gives a member another template, or takes that back. */
  boolean updates() {
    return operation == Operation.UPDATE_MEMBER || operation == Operation.ROLL_BACK_MEMBER;
  }
}
