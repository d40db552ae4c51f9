package dev.quorate.operator.plan;

import org.jspecify.annotations.Nullable;

/**
 * How pod templates, named by their marks, proved themselves so far; kept in the status.
 *
 * @param proven the one that proved itself last
 * @param before the one that had done so before it
 * @param rejected the one that did not, while the spec asks for it
 */
public record Verdicts(
    @Nullable String proven, @Nullable String before, @Nullable Rejection rejected) {
  public static final Verdicts NONE = new Verdicts(null, null, null);

  boolean proven(String template) {
    return template.equals(proven);
  }

  boolean rejected(String template) {
    return rejected != null && rejected.template().equals(template);
  }

  Verdicts proving(String template) {
    return template.equals(proven) ? this : new Verdicts(template, proven, rejected);
  }

  /**
   * What proved itself on one member may still fail on another; then it has not. The first
   * rejection stands.
   */
  Verdicts rejecting(Rejection rejection) {
    if (rejected(rejection.template())) {
      return this;
    }
    return proven(rejection.template())
        ? new Verdicts(before, null, rejection)
        : new Verdicts(proven, before, rejection);
  }

  /** Without what the spec does not ask for any more. */
  Verdicts about(String wanted) {
    return rejected == null || rejected(wanted) ? this : new Verdicts(proven, before, null);
  }
}
