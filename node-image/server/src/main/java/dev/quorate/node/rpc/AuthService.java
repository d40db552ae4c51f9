package dev.quorate.node.rpc;

import dev.quorate.api.command.AuthCommand;
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
import dev.quorate.node.kv.AuthReads;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's Auth service: every change is a command in the log, every answer linearizable. */
public final class AuthService extends AuthGrpc.AuthImplBase {
  private final Supplier<@Nullable ServingMember> serving;
  private final Passwords passwords;
  private final AuthChanges changes;
  private final AuthQuestions questions;

  /** Serves whoever is there when a request comes; null: nobody. */
  public AuthService(
      Supplier<@Nullable ServingMember> serving, AccessControl access, Passwords passwords) {
    this.serving = serving;
    this.passwords = passwords;
    this.changes = new AuthChanges(serving, access, passwords);
    this.questions = new AuthQuestions(serving, access);
  }

  @Override
  public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setEnable(request),
        header -> AuthEnableResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setDisable(request),
        header -> AuthDisableResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> client) {
    questions.ask(
        AuthReads::status,
        (told, header) -> ((AuthStatusResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void authenticate(
      AuthenticateRequest request, StreamObserver<AuthenticateResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member != null) {
      Calls.answer(
          member,
          passwords.logIn(member, request, () -> !Calls.isCancelled(client)),
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
      changes.make(AuthCommand.newBuilder().setUserAdd(user), response, client);
      return;
    }
    changes.makeWithPassword(
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
      changes.make(AuthCommand.newBuilder().setUserChangePassword(user), response, client);
      return;
    }
    changes.makeWithPassword(
        request.getPasswordBytes(),
        request.getHashedPassword(),
        hash -> AuthCommand.newBuilder().setUserChangePassword(user.setPassword(hash)),
        response,
        client);
  }

  @Override
  public void userDelete(
      AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setUserDelete(request),
        header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userGrantRole(
      AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setUserGrantRole(request),
        header -> AuthUserGrantRoleResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userRevokeRole(
      AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setUserRevokeRole(request),
        header -> AuthUserRevokeRoleResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setRoleAdd(request),
        header -> AuthRoleAddResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleDelete(
      AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setRoleDelete(request),
        header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleGrantPermission(
      AuthRoleGrantPermissionRequest request,
      StreamObserver<AuthRoleGrantPermissionResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setRoleGrantPermission(request),
        header -> AuthRoleGrantPermissionResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleRevokePermission(
      AuthRoleRevokePermissionRequest request,
      StreamObserver<AuthRoleRevokePermissionResponse> client) {
    changes.make(
        AuthCommand.newBuilder().setRoleRevokePermission(request),
        header -> AuthRoleRevokePermissionResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> client) {
    questions.ask(
        reads -> reads.user(request.getName()),
        (told, header) -> ((AuthUserGetResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> client) {
    questions.ask(
        reads -> reads.role(request.getRole()),
        (told, header) -> ((AuthRoleGetResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> client) {
    questions.ask(
        AuthReads::users,
        (told, header) -> ((AuthUserListResponse) told).toBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> client) {
    questions.ask(
        AuthReads::roles,
        (told, header) -> ((AuthRoleListResponse) told).toBuilder().setHeader(header).build(),
        client);
  }
}
