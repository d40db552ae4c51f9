package dev.quorate.operator.observe;

import dev.quorate.api.admin.NodeStatus;

/** What came back from asking a node. */
sealed interface NodeAnswer {
  /** Its status. */
  record Told(NodeStatus status) implements NodeAnswer {}

  /** Nothing, and why. */
  record Silence(String why) implements NodeAnswer {}
}
