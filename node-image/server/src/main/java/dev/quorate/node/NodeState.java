package dev.quorate.node;

/** Where a node is in its life. {@link NodeLife} knows the legal transitions. */
public enum NodeState {
  /** Looks at its data directory; what it will be is not known yet. */
  STARTING,
  /** Has no data and waits to be told which cluster it belongs to. */
  IDLE,
  /** A member that serves. */
  RUNNING,
  /** Serves nobody: fenced, or its data cannot be used. */
  PAUSED,
  /** Has ended or is ending. */
  TERMINATED
}
