package dev.quorate.node.replication;

/** The queues into the loops. */
record Mailboxes(
    Mailbox<NodeEvent> node,
    Mailbox<LogTask> log,
    Mailbox<ApplyTask> apply,
    Mailbox<LeaseEvent> lease) {
  /** How many batches of peers may wait beside what clients wait for. */
  private static final int PEER_BATCHES = 8192;

  /**
   * What waits for disk and state machine needs no bound of its own: the core bounds what is in
   * flight, uncommitted, or committed and not applied.
   */
  static Mailboxes of(ReplicaConfig config) {
    return new Mailboxes(
        new Mailbox<>(config.maxPendingProposals() + config.maxPendingReads() + PEER_BATCHES),
        new Mailbox<>(Integer.MAX_VALUE),
        new Mailbox<>(Integer.MAX_VALUE),
        new Mailbox<>(config.maxPendingReads()));
  }

  void close() {
    node.close();
    log.close();
    apply.close();
    lease.close();
  }
}
