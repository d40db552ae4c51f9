package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.SecuredServer.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleRevokePermissionRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.auth.JwtOptions;
import dev.quorate.node.auth.Tokens;
import dev.quorate.node.replication.ReplicationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens at a member that has not applied all that the member has which handed them out. */
final class BehindMemberTest {
  private static final RangeRequest SERIALIZABLE =
      RangeRequest.newBuilder().setKey(bytes("a")).setSerializable(true).build();

  @TempDir Path directory;
  private SecuredServer ahead = new SecuredServer();
  private SecuredServer behind = new SecuredServer();

  @AfterEach
  void stop() {
    ahead.close();
    behind.close();
  }

  @Test
  void aTokenOfAnotherMemberIsWaitedFor() throws Exception {
    behind.member.follow(ahead.member);
    ahead.enabled();
    ahead.permit(Permission.Type.READWRITE, "a", "");
    behind.member.catchUp();
    String token = ahead.logIn("alice", "a");

    var read = futureKv(token).range(SERIALIZABLE);
    var put = futureKv(token).put(PutRequest.newBuilder().setKey(bytes("a")).build());
    var watching = WatchingClient.open(behind.withToken(token));
    var ended = WatchingClient.open(behind.withToken(token));
    ended.hangUp();
    assertThat(read.isDone()).isFalse();
    assertThat(put.isDone()).isFalse();
    behind.member.catchUp();
    assertThat(get(read).hasHeader()).isTrue();
    behind.member.catchUp();
    assertThat(put.get(30, TimeUnit.SECONDS).hasHeader()).isTrue();
    assertThat(watching.created(WatchingClient.key("a")).getCanceled()).isFalse();
  }

  @Test
  void authThatWasJustEnabledElsewhereIsWaitedFor() throws Exception {
    behind.member.follow(ahead.member);
    ahead.enabled();
    ahead.permit(Permission.Type.READ, "a", "");
    String token = ahead.logIn("alice", "a");
    assertThat(behind.member.state.auth().enabled()).isFalse();
    var read = futureKv(token).range(SERIALIZABLE);
    assertThat(read.isDone()).isFalse();
    behind.member.catchUp();
    assertThat(get(read).hasHeader()).isTrue();
  }

  @Test
  void aTokenThatNeverWillBeKnownIsRefusedAtOnce() {
    behind.member.follow(ahead.member);
    ahead.enabled();
    behind.member.catchUp();
    int reads = behind.member.linearizableReads();
    long applied = behind.member.state.appliedId().index();
    for (String token : new String[] {"abcdefghijklmnop." + applied, "abcdefghijklmnop.1", "x"}) {
      assertFails(
          EtcdErrors.INVALID_AUTH_TOKEN,
          () -> behind.kv(behind.withToken(token)).range(SERIALIZABLE));
    }
    assertThat(behind.member.linearizableReads()).isEqualTo(reads);
  }

  @Test
  void aTokenThatCannotBeWaitedForIsNotGood() {
    behind.member.follow(ahead.member);
    ahead.enabled();
    behind.member.catchUp();
    String token = ahead.logIn("root", "r");
    behind.member.refuse(ReplicationException.Reason.NO_LEADER);
    assertFails(
        EtcdErrors.INVALID_AUTH_TOKEN,
        () -> behind.kv(behind.withToken(token)).range(SERIALIZABLE));
  }

  /** Else a permission that was taken away would still count here for who logged in after that. */
  @Test
  void aSignedTokenIsNotJudgedByUsersAndRolesOlderThanItself() throws Exception {
    useSignedTokens();
    behind.member.follow(ahead.member);
    ahead.enabled();
    ahead.permit(Permission.Type.READ, "a", "");
    behind.member.catchUp();
    AuthGrpc.newBlockingStub(ahead.as("root", "r"))
        .roleRevokePermission(
            AuthRoleRevokePermissionRequest.newBuilder().setRole("own").setKey(bytes("a")).build());
    String token = ahead.logIn("alice", "a");

    var read = futureKv(token).range(SERIALIZABLE);
    assertThat(read.isDone()).isFalse();
    behind.member.refuse(ReplicationException.Reason.NO_LEADER);
    assertFails(
        EtcdErrors.OLD_AUTH_REVISION, () -> behind.kv(behind.withToken(token)).range(SERIALIZABLE));
    behind.member.refuse(null);
    behind.member.catchUp();
    assertFails(EtcdErrors.PERMISSION_DENIED, () -> get(read));
  }

  @Test
  void aSignedTokenOfThePastIsOldEverywhere() throws Exception {
    useSignedTokens();
    behind.member.follow(ahead.member);
    ahead.enabled();
    ahead.permit(Permission.Type.READWRITE, "a", "");
    String token = ahead.logIn("alice", "a");
    behind.member.catchUp();
    AuthGrpc.newBlockingStub(ahead.as("root", "r"))
        .roleAdd(AuthRoleAddRequest.newBuilder().setName("other").build());
    var kv = behind.kv(behind.withToken(token));
    assertThat(kv.range(SERIALIZABLE).hasHeader()).as("as of what is applied here").isTrue();
    assertFails(
        EtcdErrors.OLD_AUTH_REVISION,
        () -> kv.put(PutRequest.newBuilder().setKey(bytes("a")).build()));
    behind.member.catchUp();
    assertFails(EtcdErrors.OLD_AUTH_REVISION, () -> kv.range(SERIALIZABLE));
    assertFails(EtcdErrors.OLD_AUTH_REVISION, () -> kv.rangeStream(SERIALIZABLE).next());
    var watching = WatchingClient.open(behind.withToken(token));
    assertThat(watching.created(WatchingClient.key("a")).getCancelReason())
        .isEqualTo("etcdserver: revision of auth store is old");
  }

  private void useSignedTokens() throws Exception {
    stop();
    var secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef".repeat(2));
    ahead = new SecuredServer(signed(secret));
    behind = new SecuredServer(signed(secret));
  }

  private static Tokens signed(Path secret) throws Exception {
    return JwtOptions.parse("jwt,sign-method=HS256,priv-key=" + secret).tokens();
  }

  private KVGrpc.KVFutureStub futureKv(String token) {
    return KVGrpc.newFutureStub(behind.withToken(token));
  }

  private static RangeResponse get(ListenableFuture<RangeResponse> read) throws Exception {
    try {
      return read.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
