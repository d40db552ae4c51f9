package dev.quorate.node.kv;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Compactions whose clients wait until nothing is left to delete; used by the writer alone. */
final class PhysicalCompactions {
  private final Deque<Applied> waiting = new ArrayDeque<>();

  void add(Applied outcome) {
    waiting.add(outcome);
  }

  void addAll(PhysicalCompactions others) {
    waiting.addAll(others.waiting);
  }

  /** Nothing is left to delete: takes those that waited for it. */
  List<Applied> end() {
    var ended = List.copyOf(waiting);
    waiting.clear();
    return ended;
  }

  List<Applied> waiting() {
    return List.copyOf(waiting);
  }
}
