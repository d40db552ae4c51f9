package dev.quorate.node;

import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.http.HealthSource;
import dev.quorate.node.rpc.ServingMember;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the health endpoints learn of a node. */
final class NodeHealth implements HealthSource {
  private final NodeLife life;
  private final Supplier<@Nullable ServingMember> serving;
  private final BooleanSupplier loopsTurn;

  NodeHealth(NodeLife life, Supplier<@Nullable ServingMember> serving, BooleanSupplier loopsTurn) {
    this.life = life;
    this.serving = serving;
    this.loopsTurn = loopsTurn;
  }

  @Override
  public String notServing() {
    NodeLife.Now now = life.now();
    if (now.state() != NodeState.RUNNING) {
      return now.reason();
    }
    return serving.get() == null ? "has not received the cluster's state yet, or was removed" : "";
  }

  @Override
  public boolean loopsTurn() {
    return loopsTurn.getAsBoolean();
  }

  @Override
  public boolean hasLeader() {
    ServingMember member = serving.get();
    return member != null && member.control().status().raft().leader() != 0;
  }

  @Override
  public boolean isLearner() {
    ServingMember member = serving.get();
    return member != null
        && member
            .control()
            .status()
            .raft()
            .configuration()
            .learners()
            .contains(member.control().identity().memberId());
  }

  @Override
  public Set<AlarmType> alarms() {
    var types = EnumSet.noneOf(AlarmType.class);
    ServingMember member = serving.get();
    if (member != null) {
      for (AlarmMember alarm : member.state().get().members().alarms()) {
        types.add(alarm.getAlarm());
      }
    }
    return types;
  }

  @Override
  public CompletableFuture<Void> linearizableRead() {
    ServingMember member = serving.get();
    return member == null
        ? CompletableFuture.failedFuture(new IllegalStateException(notServing()))
        : member.reads().linearizable();
  }
}
