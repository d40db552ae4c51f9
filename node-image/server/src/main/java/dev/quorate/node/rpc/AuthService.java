package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AuthDisableRequest;
import dev.quorate.api.etcd.AuthDisableResponse;
import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthEnableResponse;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleAddResponse;
import dev.quorate.api.etcd.AuthRoleDeleteRequest;
import dev.quorate.api.etcd.AuthRoleDeleteResponse;
import dev.quorate.api.etcd.AuthRoleGetRequest;
import dev.quorate.api.etcd.AuthRoleGetResponse;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionResponse;
import dev.quorate.api.etcd.AuthRoleListRequest;
import dev.quorate.api.etcd.AuthRoleListResponse;
import dev.quorate.api.etcd.AuthRoleRevokePermissionRequest;
import dev.quorate.api.etcd.AuthRoleRevokePermissionResponse;
import dev.quorate.api.etcd.AuthStatusRequest;
import dev.quorate.api.etcd.AuthStatusResponse;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserAddResponse;
import dev.quorate.api.etcd.AuthUserChangePasswordRequest;
import dev.quorate.api.etcd.AuthUserChangePasswordResponse;
import dev.quorate.api.etcd.AuthUserDeleteRequest;
import dev.quorate.api.etcd.AuthUserDeleteResponse;
import dev.quorate.api.etcd.AuthUserGetRequest;
import dev.quorate.api.etcd.AuthUserGetResponse;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleResponse;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.AuthUserListResponse;
import dev.quorate.api.etcd.AuthUserRevokeRoleRequest;
import dev.quorate.api.etcd.AuthUserRevokeRoleResponse;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.User;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.AuthReads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's Auth service: every change is a command in the log, every answer linearizable. */
public final class AuthService extends AuthGrpc.AuthImplBase {
  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;
  private final Passwords passwords;

  /** Serves whoever is there when a request comes; null: nobody. */
  public AuthService(
      Supplier<@Nullable ServingMember> serving, AccessControl access, Passwords passwords) {
    this.serving = serving;
    this.access = access;
    this.passwords = passwords;
  }

  @Override
  public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> client) {
    change(
        AuthCommand.newBuilder().setEnable(request),
        header -> AuthEnableResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> client) {
    change(
        AuthCommand.newBuilder().setDisable(request),
        header -> AuthDisableResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> client) {
    read(
        AuthReads::status,
        (told, header) -> ((AuthStatusResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authenticate(
      AuthenticateRequest request, StreamObserver<AuthenticateResponse> client) {
    var member = member(client);
    if (member != null) {
      answer(
          member,
          passwords.logIn(member, request, () -> !isCancelled(client)),
          (told, header) -> ((AuthenticateResponse) told).toBuilder().setHeader(header).build(),
          client);
    }
  }

  @Override
  public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> client) {
    var user = User.newBuilder().setName(request.getNameBytes()).setOptions(request.getOptions());
    Function<ResponseHeader, AuthUserAddResponse> response =
        header -> AuthUserAddResponse.newBuilder().setHeader(header).build();
    if (request.getOptions().getNoPassword()) {
      change(AuthCommand.newBuilder().setUserAdd(user), response, client);
      return;
    }
    changePassword(
        request.getPasswordBytes(),
        request.getHashedPassword(),
        hash -> AuthCommand.newBuilder().setUserAdd(user.setPassword(hash)),
        response,
        client);
  }

  /** Without any password nobody can log in as this user any more, as in etcd. */
  @Override
  public void userChangePassword(
      AuthUserChangePasswordRequest request,
      StreamObserver<AuthUserChangePasswordResponse> client) {
    var user = User.newBuilder().setName(request.getNameBytes());
    Function<ResponseHeader, AuthUserChangePasswordResponse> response =
        header -> AuthUserChangePasswordResponse.newBuilder().setHeader(header).build();
    if (request.getPassword().isEmpty() && request.getHashedPassword().isEmpty()) {
      change(AuthCommand.newBuilder().setUserChangePassword(user), response, client);
      return;
    }
    changePassword(
        request.getPasswordBytes(),
        request.getHashedPassword(),
        hash -> AuthCommand.newBuilder().setUserChangePassword(user.setPassword(hash)),
        response,
        client);
  }

  /** Before anybody's password is hashed, it is asked whether the caller may set one. */
  private <R> void changePassword(
      ByteString password,
      String givenHash,
      Function<ByteString, AuthCommand.Builder> command,
      Function<ResponseHeader, R> response,
      StreamObserver<R> client) {
    var member = member(client);
    if (member == null) {
      return;
    }
    var credentials = access.credentials(member.state().get());
    var result =
        member
            .reads()
            .linearizable()
            .thenCompose(
                _ -> {
                  var refusal = access.refuseUnlessRoot(member.state().get(), credentials);
                  return refusal != null
                      ? CompletableFuture.failedFuture(refusal.asRuntimeException())
                      : passwords.hash(password, givenHash, () -> !isCancelled(client));
                })
            .thenCompose(hash -> submit(member, credentials, command.apply(hash)));
    answer(member, result, (_, header) -> response.apply(header), client);
  }

  @Override
  public void userDelete(
      AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> client) {
    change(
        AuthCommand.newBuilder().setUserDelete(request),
        header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userGrantRole(
      AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> client) {
    change(
        AuthCommand.newBuilder().setUserGrantRole(request),
        header -> AuthUserGrantRoleResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userRevokeRole(
      AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> client) {
    change(
        AuthCommand.newBuilder().setUserRevokeRole(request),
        header -> AuthUserRevokeRoleResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> client) {
    change(
        AuthCommand.newBuilder().setRoleAdd(request),
        header -> AuthRoleAddResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleDelete(
      AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> client) {
    change(
        AuthCommand.newBuilder().setRoleDelete(request),
        header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleGrantPermission(
      AuthRoleGrantPermissionRequest request,
      StreamObserver<AuthRoleGrantPermissionResponse> client) {
    change(
        AuthCommand.newBuilder().setRoleGrantPermission(request),
        header -> AuthRoleGrantPermissionResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleRevokePermission(
      AuthRoleRevokePermissionRequest request,
      StreamObserver<AuthRoleRevokePermissionResponse> client) {
    change(
        AuthCommand.newBuilder().setRoleRevokePermission(request),
        header -> AuthRoleRevokePermissionResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> client) {
    read(
        reads -> reads.user(request.getName()),
        (told, header) -> ((AuthUserGetResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> client) {
    read(
        reads -> reads.role(request.getRole()),
        (told, header) -> ((AuthRoleGetResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> client) {
    read(
        AuthReads::users,
        (told, header) -> ((AuthUserListResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> client) {
    read(
        AuthReads::roles,
        (told, header) -> ((AuthRoleListResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  private <R> void change(
      AuthCommand.Builder command, Function<ResponseHeader, R> response, StreamObserver<R> client) {
    var member = member(client);
    if (member != null) {
      var credentials = access.credentials(member.state().get());
      answer(
          member,
          submit(member, credentials, command),
          (_, header) -> response.apply(header),
          client);
    }
  }

  private CompletableFuture<ApplyResult> submit(
      ServingMember member, Credentials credentials, AuthCommand.Builder change) {
    var command = Command.newBuilder().setAuth(change);
    var refusal = access.sign(member.state().get(), credentials, command);
    return refusal != null
        ? CompletableFuture.failedFuture(refusal.asRuntimeException())
        : member.proposals().submit(command);
  }

  /** Asks and answers from the same picture of users and roles. */
  private <R> void read(
      Function<AuthReads, ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var member = member(client);
    if (member != null) {
      var credentials = access.credentials(member.state().get());
      var told =
          member
              .reads()
              .linearizable()
              .thenApply(
                  _ -> {
                    var state = member.state().get();
                    return question.apply(state.authReads(access.caller(state, credentials)));
                  });
      answer(member, told, response, client);
    }
  }

  private static <R> void answer(
      ServingMember member,
      CompletableFuture<ApplyResult> result,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var done = result.thenApply(Calls::done);
    Calls.finish(
        done,
        client,
        () -> client.onNext(response.apply(done.join().response(), member.header(done.join()))));
  }

  /** Who serves this request; null if nobody does, and the client knows why. */
  private @Nullable ServingMember member(StreamObserver<?> client) {
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
    var member = serving.get();
    if (member == null) {
      Calls.fail(client, EtcdErrors.NOT_SERVING);
      return null;
    }
    if (member.isLearner()) {
      Calls.fail(client, EtcdErrors.NOT_FOR_LEARNERS);
      return null;
    }
    return member;
  }

  private static boolean isCancelled(StreamObserver<?> client) {
    return ((ServerCallStreamObserver<?>) client).isCancelled();
  }
}
