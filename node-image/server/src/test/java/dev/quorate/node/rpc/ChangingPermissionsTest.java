package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.SecuredServer.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.auth.SimpleTokens;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.RequestAccess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers are told while what they may read changes, and what they are not told. */
final class ChangingPermissionsTest {
  private static final Credentials ALICE = new Credentials(null, "alice");

  private final SecuredServer server = new SecuredServer().enabled();
  private final AccessControl access =
      AccessControl.with(new SimpleTokens(Duration.ofMinutes(5)), true);

  @BeforeEach
  void permit() {
    server.permit(Permission.Type.READ, "a", "");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void whatWasReadUnderAChangeIsNotTold() {
    var state = server.member.state;
    assertThat(access.<String>read(state, ALICE, ChangingPermissionsTest::readsA, _ -> "answer"))
        .isEqualTo("answer");
    assertFails(
        EtcdErrors.OLD_AUTH_REVISION,
        () ->
            access.<String>read(
                state,
                ALICE,
                ChangingPermissionsTest::readsA,
                _ -> {
                  server.permit(Permission.Type.READ, "b", "");
                  return "answer";
                }));
  }

  @Test
  void anAnswerIsNotToldByALaterPermission() {
    assertFails(
        EtcdErrors.OLD_AUTH_REVISION,
        () ->
            access.<String>readThenAsk(
                server.member.state,
                ALICE,
                _ -> {
                  server.permit(Permission.Type.READ, "b", "");
                  return "of the time before";
                },
                (needs, _) -> needs.range(bytes("b"), ByteString.EMPTY)));
  }

  /** Else a key that is attached between the check and the read would be told. */
  @Test
  void theKeysOfALeaseAreJudgedAsTheyAreTold() {
    var root = server.as("root", "r");
    LeaseGrpc.newBlockingStub(root)
        .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
    server.kv(root).put(put("a", 7));
    var leases = LeaseGrpc.newBlockingStub(server.as("alice", "a"));
    var request = LeaseTimeToLiveRequest.newBuilder().setID(7).setKeys(true).build();
    assertThat(leases.leaseTimeToLive(request).getKeysList()).containsExactly(bytes("a"));
    var state = server.member.state;
    assertFails(
        EtcdErrors.PERMISSION_DENIED,
        () ->
            access.readThenAsk(
                state,
                ALICE,
                reads -> {
                  server.kv(root).put(put("secret", 7));
                  return reads.lease(7, true);
                },
                (needs, one) -> needs.read(one.keys())));
    assertFails(EtcdErrors.PERMISSION_DENIED, () -> leases.leaseTimeToLive(request));
  }

  @Test
  void howMuchThereIsToDeleteIsForThoseWhoMayDelete() {
    var root = server.kv(server.as("root", "r"));
    for (int i = 0; i < 100; i++) {
      root.put(put("s" + i, 0));
    }
    var alice = server.kv(server.as("alice", "a"));
    var delete =
        DeleteRangeRequest.newBuilder()
            .setKey(bytes("s"))
            .setRangeEnd(bytes("t"))
            .setPrevKv(true)
            .build();
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete))
            .build();
    assertFails(EtcdErrors.ANSWER_TOO_LARGE, () -> root.deleteRange(delete));
    assertFails(EtcdErrors.ANSWER_TOO_LARGE, () -> root.txn(txn));
    assertFails(EtcdErrors.PERMISSION_DENIED, () -> alice.deleteRange(delete));
    assertFails(EtcdErrors.PERMISSION_DENIED, () -> alice.txn(txn));
    assertFails(EtcdErrors.USER_EMPTY, () -> server.kv(server.anonymous()).deleteRange(delete));
  }

  private static @Nullable KvError readsA(RequestAccess needs) {
    return needs.range(bytes("a"), ByteString.EMPTY);
  }

  private static PutRequest put(String key, long lease) {
    return PutRequest.newBuilder().setKey(bytes(key)).setLease(lease).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
