package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AuthDisableRequest;
import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleDeleteRequest;
import dev.quorate.api.etcd.AuthRoleGetRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthRoleListRequest;
import dev.quorate.api.etcd.AuthRoleRevokePermissionRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserChangePasswordRequest;
import dev.quorate.api.etcd.AuthUserDeleteRequest;
import dev.quorate.api.etcd.AuthUserGetRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.AuthUserRevokeRoleRequest;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.UserAddOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Users and roles under few names, so that most requests meet something that is there. */
final class RandomAuthRequests {
  static final List<String> USERS = List.of("root", "ann", "ben");
  private static final List<String> ROLES = List.of("root", "reader", "writer");

  /** Where the permissions lie: around the keys of {@link RandomKvRequests}. */
  private static final List<String> BOUNDS = List.of("k", "k/", "k/d", "k/g", "k0");

  private final RandomGenerator random;

  /**
   * Where the permissions from a key end: a role never gets several from the same key, since
   * granting one of these again is meant to differ.
   */
  private final Map<ByteString, ByteString> ends = new HashMap<>();

  RandomAuthRequests(RandomGenerator random) {
    this.random = random;
  }

  /** What an administrator asks. */
  Request<?> next() {
    return switch (random.nextInt(16)) {
      case 0, 1 -> addUser(user());
      case 2 ->
          Request.of(
              AuthGrpc.getUserDeleteMethod(),
              AuthUserDeleteRequest.newBuilder().setName(user()).build());
      case 3 ->
          Request.of(
              AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName(user()).build());
      case 4 -> Request.of(AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
      case 5 ->
          Request.of(
              AuthGrpc.getUserChangePasswordMethod(),
              AuthUserChangePasswordRequest.newBuilder()
                  .setName(user())
                  .setPassword(oneIn(6) ? "" : "new")
                  .build());
      case 6, 7 -> grantRole(user(), role());
      case 8 ->
          Request.of(
              AuthGrpc.getUserRevokeRoleMethod(),
              AuthUserRevokeRoleRequest.newBuilder().setName(user()).setRole(role()).build());
      case 9, 10 -> addRole(role());
      case 11 ->
          Request.of(
              AuthGrpc.getRoleDeleteMethod(),
              AuthRoleDeleteRequest.newBuilder().setRole(role()).build());
      case 12 ->
          Request.of(
              AuthGrpc.getRoleGetMethod(), AuthRoleGetRequest.newBuilder().setRole(role()).build());
      case 13 -> Request.of(AuthGrpc.getRoleListMethod(), AuthRoleListRequest.getDefaultInstance());
      case 14 -> grantPermission();
      default -> revokePermission();
    };
  }

  private boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  private String user() {
    return oneIn(12) ? (oneIn(2) ? "" : "nobody") : USERS.get(random.nextInt(USERS.size()));
  }

  private String role() {
    return oneIn(12) ? (oneIn(2) ? "" : "none") : ROLES.get(random.nextInt(ROLES.size()));
  }

  private ByteString bound() {
    return ByteString.copyFromUtf8(BOUNDS.get(random.nextInt(BOUNDS.size())));
  }

  private ByteString end() {
    return switch (random.nextInt(5)) {
      case 0 -> ByteString.copyFrom(new byte[1]);
      case 1, 2 -> bound();
      default -> ByteString.EMPTY;
    };
  }

  static Request<?> addUser(String name) {
    return Request.of(
        AuthGrpc.getUserAddMethod(),
        AuthUserAddRequest.newBuilder()
            .setName(name)
            .setPassword("secret")
            .setOptions(UserAddOptions.getDefaultInstance())
            .build());
  }

  static Request<?> addRole(String name) {
    return Request.of(
        AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName(name).build());
  }

  static Request<?> grantRole(String user, String role) {
    return Request.of(
        AuthGrpc.getUserGrantRoleMethod(),
        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
  }

  Request<?> grantPermission() {
    var key = bound();
    return Request.of(
        AuthGrpc.getRoleGrantPermissionMethod(),
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName(role())
            .setPerm(
                Permission.newBuilder()
                    .setPermType(Permission.Type.forNumber(random.nextInt(3)))
                    .setKey(key)
                    .setRangeEnd(ends.computeIfAbsent(key, _ -> end())))
            .build());
  }

  private Request<?> revokePermission() {
    return Request.of(
        AuthGrpc.getRoleRevokePermissionMethod(),
        AuthRoleRevokePermissionRequest.newBuilder()
            .setRole(role())
            .setKey(bound())
            .setRangeEnd(end())
            .build());
  }

  static Request<AuthenticateRequest> logIn(String user, String password) {
    return Request.of(
        AuthGrpc.getAuthenticateMethod(),
        AuthenticateRequest.newBuilder().setName(user).setPassword(password).build());
  }

  static Request<?> enable() {
    return Request.of(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
  }

  static Request<?> disable() {
    return Request.of(AuthGrpc.getAuthDisableMethod(), AuthDisableRequest.getDefaultInstance());
  }

  /** Brings a server back to where it has neither users nor roles. */
  static List<Request<?>> forgetAll() {
    var all = new ArrayList<Request<?>>();
    for (var user : USERS) {
      all.add(
          Request.of(
              AuthGrpc.getUserDeleteMethod(),
              AuthUserDeleteRequest.newBuilder().setName(user).build()));
    }
    for (var role : ROLES) {
      all.add(
          Request.of(
              AuthGrpc.getRoleDeleteMethod(),
              AuthRoleDeleteRequest.newBuilder().setRole(role).build()));
    }
    return all;
  }
}
