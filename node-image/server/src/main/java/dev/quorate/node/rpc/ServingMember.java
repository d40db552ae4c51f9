package dev.quorate.node.rpc;

import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.replication.ClusterControl;
import dev.quorate.node.replication.Leases;
import dev.quorate.node.replication.Proposals;
import dev.quorate.node.replication.Reads;
import dev.quorate.node.replication.Replica;
import dev.quorate.node.watch.WatchHub;
import java.util.function.Supplier;

/**
 * What the services need of the member that runs here.
 *
 * @param state asked anew for every request: it is another one after a state was received
 */
public record ServingMember(
    Proposals proposals,
    Reads reads,
    Leases leases,
    ClusterControl control,
    Supplier<KvStateMachine> state,
    WatchHub watches) {

  /** A replica that runs here, and the watches of its state. */
  public static ServingMember of(Replica replica, WatchHub watches) {
    return new ServingMember(
        replica.proposals(), replica.reads(), replica.leases(), replica, replica::machine, watches);
  }

  ResponseHeader header(ApplyResult.Done done) {
    var identity = control.identity();
    return done.header(identity.clusterId(), identity.memberId(), control.status().raft().term());
  }

  /** The header of what is not the answer to one request. */
  ResponseHeader header(long revision) {
    var identity = control.identity();
    return ResponseHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .setRevision(revision)
        .setRaftTerm(control.status().raft().term())
        .build();
  }

  /**
   * Whether the state is that of the cluster. A member that joins begins with none until the leader
   * has sent it: it would answer for a cluster without keys, members and users, so that everybody
   * were allowed everything.
   */
  public boolean hasState() {
    return state.get().members().member(control.identity().memberId()) != null;
  }

  boolean knowsLeader() {
    return control.status().raft().leader() != 0;
  }

  /** Whether this member has the log but no vote; it answers for nobody but itself. */
  boolean isLearner() {
    var member = state.get().members().member(control.identity().memberId());
    return member != null && member.getIsLearner();
  }
}
