package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.execution.Loop;
import dev.quorate.node.execution.RunningLoop;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The four loops of a member, which start and end together. */
final class ReplicaLoops {
  private final Execution execution;
  private final Mailboxes mailboxes;
  private final NodeLoop nodeLoop;
  private final LogWriter logWriter;
  private final Applier applier;
  private final LeaseLoop leaseLoop;
  private final Consumer<Throwable> onFault;

  /** In the order in which they end. */
  private volatile List<RunningLoop> running = List.of();

  ReplicaLoops(
      Execution execution,
      Mailboxes mailboxes,
      NodeLoop nodeLoop,
      LogWriter logWriter,
      Applier applier,
      LeaseLoop leaseLoop,
      Consumer<Throwable> onFault) {
    this.execution = execution;
    this.mailboxes = mailboxes;
    this.nodeLoop = nodeLoop;
    this.logWriter = logWriter;
    this.applier = applier;
    this.leaseLoop = leaseLoop;
    this.onFault = onFault;
  }

  void start() {
    var node = new MailboxLoop<>(mailboxes.node(), nodeLoop::nextTickNanos, nodeLoop::turn);
    var log = new MailboxLoop<>(mailboxes.log(), execution::idleUntilNanos, logWriter::turn);
    var apply = new MailboxLoop<>(mailboxes.apply(), applier::nextWakeUpNanos, applier::turn);
    var lease = new MailboxLoop<>(mailboxes.lease(), leaseLoop::nextWakeUpNanos, leaseLoop::turn);
    running =
        List.of(
            start("lease", lease), start("raft", node), start("log", log), start("apply", apply));
  }

  private RunningLoop start(String name, Loop loop) {
    return execution.start(name, loop, onFault);
  }

  /** Whether all have turned lately; a command may keep the apply loop longer if it comes on. */
  boolean turn(Duration patience) {
    return running.stream().limit(running.size() - 1L).allMatch(loop -> loop.turns(patience))
        && (running.getLast().turns(patience) || applier.movesOn());
  }

  /** Lets them finish what waits, and waits for that; false if it takes too long. */
  boolean finish(Duration patience) throws InterruptedException {
    boolean ended = true;
    for (var loop : running) {
      ended &= loop.finish(patience);
    }
    return ended;
  }
}
