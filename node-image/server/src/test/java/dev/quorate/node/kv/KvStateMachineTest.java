package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.MembershipContext;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmResponse;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants.InvariantViolation;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Members, alarms, and what the log can hold besides keys. */
final class KvStateMachineTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");

  private final MemoryStateStorage storage = new MemoryStateStorage();
  private KvStateMachine machine = founded();

  private KvStateMachine founded() {
    var first = Member.newBuilder().setID(1).addPeerURLs("http://one:2380").build();
    KvStateMachine.bootstrap(storage, new EntryId(1, 1), List.of(first));
    return new KvStateMachine(storage);
  }

  @Test
  void membersComeGoAndSurviveARestart() {
    change(new MembershipChange.AddLearner(2), "http://two:2380");
    assertThat(machine.members().configuration().learners()).containsExactly(2L);
    assertThat(machine.members().configurationIndex()).isEqualTo(2);
    change(new MembershipChange.PromoteLearner(2), "");
    change(new MembershipChange.AddVoter(3), "http://three:2380");
    var named =
        Member.newBuilder().setID(2).setName("two").addClientURLs("http://two:2379").build();
    command(Command.newBuilder().setPublish(named));
    change(new MembershipChange.Remove(1), "");
    storage.flush();

    machine = new KvStateMachine(storage.crashed());
    assertThat(machine.members().configuration().voters())
        .isEqualTo(new TreeSet<>(List.of(2L, 3L)));
    assertThat(machine.members().isRemoved(1)).isTrue();
    assertThat(machine.members().configurationIndex()).isEqualTo(6);
    assertThat(machine.members().member(2))
        .isEqualTo(named.toBuilder().addPeerURLs("http://two:2380").build());
    assertThat(machine.appliedSnapshot().id()).isEqualTo(new EntryId(1, 6));
    assertThat(machine.revision()).as("members are no keys").isEqualTo(1);
  }

  @Test
  void updatesThatDoNotFitAreRefused() {
    change(new MembershipChange.AddLearner(2), "http://two:2380");
    var unknown = Member.newBuilder().setID(9).build();
    assertThat(command(Command.newBuilder().setPublish(unknown)))
        .isEqualTo(new ApplyResult.Refused(KvError.MEMBER_NOT_FOUND));
    assertThat(command(Command.newBuilder().setUpdate(unknown)))
        .isEqualTo(new ApplyResult.Refused(KvError.MEMBER_NOT_FOUND));
    var taken = Member.newBuilder().setID(2).addPeerURLs("http://one:2380").build();
    assertThat(command(Command.newBuilder().setUpdate(taken)))
        .isEqualTo(new ApplyResult.Refused(KvError.PEER_URL_EXISTS));
    var moved = Member.newBuilder().setID(2).addPeerURLs("http://new:2380").build();
    assertThat(command(Command.newBuilder().setUpdate(moved))).isInstanceOf(ApplyResult.Done.class);
    assertThat(machine.members().member(2))
        .as("an update moves a member and never promotes it")
        .isEqualTo(moved.toBuilder().setIsLearner(true).build());
  }

  @Test
  void theFencingEpochNeverGoesBack() {
    command(Command.newBuilder().setFencingEpoch(5));
    command(Command.newBuilder().setFencingEpoch(4));
    assertThat(machine.members().fencingEpoch()).isEqualTo(5);
  }

  @Test
  void alarmsRefusePutsUntilTheyAreCleared() {
    command(alarm(AlarmRequest.AlarmAction.ACTIVATE, 1));
    command(alarm(AlarmRequest.AlarmAction.ACTIVATE, 1));
    assertThat(machine.members().alarms()).hasSize(1);
    assertThat(command(put())).isEqualTo(new ApplyResult.Refused(KvError.NO_SPACE));
    var nested =
        TxnRequest.newBuilder()
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestTxn(
                        TxnRequest.newBuilder()
                            .addFailure(RequestOp.newBuilder().setRequestPut(put().getPut()))));
    assertThat(command(Command.newBuilder().setTxn(nested)))
        .isEqualTo(new ApplyResult.Refused(KvError.NO_SPACE));
    assertThat(command(Command.newBuilder().setTxn(TxnRequest.newBuilder())))
        .isInstanceOf(ApplyResult.Done.class);
    assertThat(command(delete())).isInstanceOf(ApplyResult.Done.class);
    command(alarm(AlarmRequest.AlarmAction.DEACTIVATE, 0));
    assertThat(machine.members().alarms()).as("member 0 is nobody, as in etcd").hasSize(1);
    command(alarm(AlarmRequest.AlarmAction.DEACTIVATE, 1));
    assertThat(machine.members().alarms()).isEmpty();
    assertThat(command(put())).isInstanceOf(ApplyResult.Done.class);
  }

  @Test
  void anAlarmThatNobodyKnowsChangesNothingAndHaltsNobody() {
    for (int unknown : new int[] {0, 99}) {
      for (var action : new int[] {0, 1, 2, 99}) {
        var request =
            AlarmRequest.newBuilder().setMemberID(1).setActionValue(action).setAlarmValue(unknown);
        var result = command(Command.newBuilder().setAlarm(request));
        assertThat(result).isInstanceOf(ApplyResult.Done.class);
      }
    }
    assertThat(machine.members().alarms()).isEmpty();
  }

  @Test
  void whatAParserOfClientsLetsThroughCanBeApplied() {
    var txn =
        TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestPut(put().getPut()));
    for (int depth = 1; depth < 50; depth++) {
      txn = TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestTxn(txn));
    }
    assertThat(command(Command.newBuilder().setTxn(txn))).isInstanceOf(ApplyResult.Done.class);
    assertThat(machine.revision()).isEqualTo(2);
  }

  @Test
  void aStateOfANewerProgramIsNotReadAtAll() {
    try (var batch = storage.batch()) {
      StoreFormat.write(batch, 2);
      batch.commit();
    }
    assertThatThrownBy(() -> new KvStateMachine(storage))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "the state of this member has format version 2, this program knows versions up to 1: start a newer quorate-node")
        .extracting(e -> ((StorageException) e).kind())
        .isEqualTo(StorageException.Kind.FORMAT_TOO_NEW);
  }

  @Test
  void aCorruptClusterChangesNothingAndStillAnswers() {
    command(put());
    var raise =
        AlarmRequest.newBuilder()
            .setAction(AlarmRequest.AlarmAction.ACTIVATE)
            .setMemberID(7)
            .setAlarm(AlarmType.CORRUPT);
    var raised = (ApplyResult.Done) command(Command.newBuilder().setAlarm(raise));
    assertThat(((AlarmResponse) raised.response()).getAlarms(0).getAlarm())
        .isEqualTo(AlarmType.CORRUPT);
    var corrupt = new ApplyResult.Refused(KvError.CORRUPT);
    assertThat(command(put())).isEqualTo(corrupt);
    assertThat(command(delete())).isEqualTo(corrupt);
    assertThat(command(Command.newBuilder().setTxn(TxnRequest.newBuilder()))).isEqualTo(corrupt);
    assertThat(
            command(Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(1))))
        .isEqualTo(corrupt);
    assertThat(machine.reads().range(RangeRequest.newBuilder().setKey(KEY).build()))
        .isInstanceOf(ApplyResult.Done.class);
    command(Command.newBuilder().setAlarm(raise.setAction(AlarmRequest.AlarmAction.DEACTIVATE)));
    assertThat(command(put())).isInstanceOf(ApplyResult.Done.class);
  }

  @Test
  void aTermStartMovesTheAppliedIndexAlone() {
    var outcomes = machine.apply(List.of(entry(EntryKind.TERM_START, Bytes.EMPTY)));
    assertThat(outcomes).isEmpty();
    assertThat(machine.appliedId().index()).isEqualTo(2);
    assertThat(machine.revision()).isEqualTo(1);
  }

  @Test
  void aPhysicalCompactionIsAnsweredWhenItIsDone() {
    machine = new KvStateMachine(storage, new Pieces(2, 1000, 8 << 20));
    for (int i = 0; i < 9; i++) {
      command(put());
    }
    var compact = CompactionRequest.newBuilder().setRevision(8).setPhysical(true);
    var outcomes =
        new ArrayList<>(machine.apply(List.of(entry(Command.newBuilder().setCompact(compact)))));
    assertThat(outcomes).isEmpty();
    assertThat(machine.hasDeferredWork()).isTrue();
    var old = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k"));
    assertThat(machine.reads().range(old.setRevision(7).build()))
        .as("refused at once, whatever is deleted yet")
        .isEqualTo(new ApplyResult.Refused(KvError.COMPACTED));
    while (machine.hasDeferredWork()) {
      assertThat(outcomes).isEmpty();
      outcomes.addAll(machine.apply(List.of()));
    }
    assertThat(outcomes).hasSize(1);
  }

  @Test
  void anUnreadableEntryHalts() {
    var damaged = entry(EntryKind.COMMAND, Bytes.of(new byte[] {1, 2, 3}));
    assertThatThrownBy(() -> machine.apply(List.of(damaged)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("entry 2");
    var empty = entry(EntryKind.COMMAND, Bytes.EMPTY);
    assertThatThrownBy(() -> machine.apply(List.of(empty))).isInstanceOf(InvariantViolation.class);
    assertThat(machine.appliedId().index()).as("nothing of the round is there").isEqualTo(1);
  }

  @Test
  void aGapHalts() {
    var later = new Entry(new EntryId(1, 5), EntryKind.TERM_START, Bytes.EMPTY);
    assertThatThrownBy(() -> machine.apply(List.of(later))).isInstanceOf(InvariantViolation.class);
  }

  private static Command.Builder put() {
    return Command.newBuilder().setPut(PutRequest.newBuilder().setKey(KEY));
  }

  private static Command.Builder delete() {
    return Command.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(KEY));
  }

  private static Command.Builder alarm(AlarmRequest.AlarmAction action, long member) {
    return Command.newBuilder()
        .setAlarm(
            AlarmRequest.newBuilder()
                .setAction(action)
                .setMemberID(member)
                .setAlarm(AlarmType.NOSPACE));
  }

  private ApplyResult command(Command.Builder command) {
    return machine.apply(List.of(entry(command))).getFirst().result();
  }

  private void change(MembershipChange change, String peerUrl) {
    var member = Member.newBuilder().setID(change.id());
    if (!peerUrl.isEmpty()) {
      member.addPeerURLs(peerUrl);
    }
    var context =
        MembershipContext.newBuilder().setProposer(1).setSequence(42).setMember(member).build();
    var data = new MembershipEntry(change, Bytes.of(context.toByteArray())).encode();
    var outcome = machine.apply(List.of(entry(EntryKind.MEMBERSHIP, data))).getFirst();
    assertThat(outcome.proposer()).isEqualTo(1);
    assertThat(outcome.sequence()).isEqualTo(42);
    assertThat(outcome.result()).isInstanceOf(ApplyResult.Done.class);
  }

  private Entry entry(Command.Builder command) {
    return entry(EntryKind.COMMAND, Bytes.of(command.build().toByteArray()));
  }

  private Entry entry(EntryKind kind, Bytes data) {
    return new Entry(new EntryId(1, machine.appliedId().index() + 1), kind, data);
  }
}
