package dev.quorate.node.http;

import dev.quorate.api.etcd.AlarmType;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A member that is healthy until a test says otherwise. */
final class FakeHealth implements HealthSource {
  String notServing = "";
  boolean loopsTurn = true;
  boolean leader = true;
  boolean learner;
  Set<AlarmType> alarms = EnumSet.noneOf(AlarmType.class);
  CompletableFuture<Void> read = CompletableFuture.completedFuture(null);

  @Override
  public String notServing() {
    return notServing;
  }

  @Override
  public boolean loopsTurn() {
    return loopsTurn;
  }

  @Override
  public boolean hasLeader() {
    return leader;
  }

  @Override
  public boolean isLearner() {
    return learner;
  }

  @Override
  public Set<AlarmType> alarms() {
    return alarms;
  }

  @Override
  public CompletableFuture<Void> linearizableRead() {
    return read;
  }
}
