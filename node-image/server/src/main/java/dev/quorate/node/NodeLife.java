package dev.quorate.node;

import java.util.ArrayList;
import java.util.List;

/**
 * The state of one node and the only way to change it.
 *
 * <pre>
 *   STARTING -> IDLE -> RUNNING <-> PAUSED      and from each of them to TERMINATED;
 *       |                  ^           ^
 *       +------------------+-----------+         from PAUSED to PAUSED for another reason
 * </pre>
 */
public final class NodeLife {
  /** What a node is, and for people why it does not serve; empty when all is well. */
  public record Now(NodeState state, NodeFault fault, String reason) {}

  private final List<Runnable> listeners = new ArrayList<>();
  private Now now = new Now(NodeState.STARTING, NodeFault.NONE, "starting");

  public synchronized Now now() {
    return now;
  }

  /**
   * Calls the listener after every change, on the thread that made it.
   *
   * @return what removes the listener
   */
  public synchronized Runnable onChange(Runnable listener) {
    listeners.add(listener);
    return () -> remove(listener);
  }

  private synchronized void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** Something else changed that those who listen may want to look at. */
  void touched() {
    List<Runnable> told;
    synchronized (this) {
      told = List.copyOf(listeners);
    }
    told.forEach(Runnable::run);
  }

  /** It is still to be found out what the node will be; why is news to those who listen. */
  void waits(String reason) {
    synchronized (this) {
      if (now.state() != NodeState.STARTING || now.reason().equals(reason)) {
        return;
      }
      now = new Now(NodeState.STARTING, NodeFault.NONE, reason);
    }
    touched();
  }

  /** The data directory is empty. */
  void idle() {
    become(
        new Now(
            NodeState.IDLE,
            NodeFault.NONE,
            "no data yet: waits for Admin.Bootstrap or Admin.Join"));
  }

  void running() {
    become(new Now(NodeState.RUNNING, NodeFault.NONE, ""));
  }

  void paused(NodeFault fault, String reason) {
    become(new Now(NodeState.PAUSED, fault, reason));
  }

  /** From any state, any number of times; true the first time. */
  boolean terminated() {
    List<Runnable> told;
    synchronized (this) {
      if (now.state() == NodeState.TERMINATED) {
        return false;
      }
      now = new Now(NodeState.TERMINATED, now.fault(), "stopping");
      told = List.copyOf(listeners);
    }
    told.forEach(Runnable::run);
    return true;
  }

  private void become(Now next) {
    List<Runnable> told;
    synchronized (this) {
      if (!legal(now.state(), next.state())) {
        throw new IllegalStateException(
            "a node that is %s cannot become %s".formatted(now.state(), next.state()));
      }
      now = next;
      told = List.copyOf(listeners);
    }
    told.forEach(Runnable::run);
  }

  static boolean legal(NodeState from, NodeState to) {
    return switch (from) {
      case STARTING -> to != NodeState.STARTING;
      case IDLE -> to == NodeState.RUNNING || to == NodeState.TERMINATED;
      case RUNNING -> to == NodeState.PAUSED || to == NodeState.TERMINATED;
      case PAUSED -> to != NodeState.STARTING && to != NodeState.IDLE;
      case TERMINATED -> false;
    };
  }
}
