package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.FirstStart;
import dev.quorate.node.replication.FirstStart.Answer;
import dev.quorate.node.replication.Founding;
import dev.quorate.node.replication.NodeIdentity;
import java.util.List;
import java.util.function.Consumer;

/** A founder without data, which asks the others before it begins, as a node does. */
final class SimulatedFounder {
  private static final long ROUND_MICROS = 100_000;

  private final SimulatedNode node;
  private final Simulation simulation;
  private final List<Member> founders;
  private final FirstStart start;
  private boolean ended;

  SimulatedFounder(SimulatedNode node, Simulation simulation, List<Member> founders) {
    this.node = node;
    this.simulation = simulation;
    this.founders = founders;
    this.start = new FirstStart(identity(node.id()), founders);
  }

  private static NodeIdentity identity(long id) {
    return new NodeIdentity(SimulatedDisk.CLUSTER_ID, id);
  }

  void ask() {
    decide();
    if (!ended) {
      start.unheard().stream().sorted().forEach(id -> ask(id, false));
      simulation.timeline().after(ROUND_MICROS, this::ask);
    }
  }

  /** The process has crashed, or knows what to do. */
  void end() {
    ended = true;
  }

  private void ask(long to, boolean linearizable) {
    simulation
        .network()
        .sendOnce(
            node.id(),
            to,
            () -> {
              var asked = simulation.node(to);
              if (asked != null) {
                asked.tellFounder(linearizable, answer -> answer(to, answer));
              }
            });
  }

  private void answer(long from, Answer answer) {
    simulation.network().sendOnce(from, node.id(), () -> heard(from, answer));
  }

  private void heard(long from, Answer answer) {
    if (!ended) {
      if (start.heard(from, answer)) {
        ask(from, true);
      }
      decide();
    }
  }

  private void decide() {
    if (ended) {
      return;
    }
    switch (start.decision()) {
      case FirstStart.Decision.Begin _ -> node.begin();
      case FirstStart.Decision.StartedBefore _, FirstStart.Decision.Removed _ -> node.staysOut();
      case FirstStart.Decision.Wait _ -> {}
    }
  }

  /** What it tells another one that asks. */
  Answer tell() {
    return new Answer(identity(node.id()), Founding.TERM, founders, false);
  }

  /** What a running member tells; nothing if it has no state, or no leader to ask. */
  static void tell(Incarnation process, boolean linearizable, Consumer<Answer> reply) {
    if (process.hasStopped() || process.machine().members().member(process.id()) == null) {
      return;
    }
    if (linearizable) {
      var _ =
          process
              .replica()
              .reads()
              .linearizable()
              .thenRun(() -> reply.accept(answer(process, true)));
    } else {
      reply.accept(answer(process, false));
    }
  }

  private static Answer answer(Incarnation process, boolean linearizable) {
    return new Answer(
        identity(process.id()),
        process.status().term(),
        process.machine().members().list(),
        linearizable);
  }
}
