package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Login;
import dev.quorate.api.etcd.AuthDisableResponse;
import dev.quorate.api.etcd.AuthEnableResponse;
import dev.quorate.api.etcd.AuthRoleAddResponse;
import dev.quorate.api.etcd.AuthRoleDeleteResponse;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionResponse;
import dev.quorate.api.etcd.AuthRoleRevokePermissionRequest;
import dev.quorate.api.etcd.AuthRoleRevokePermissionResponse;
import dev.quorate.api.etcd.AuthUserAddResponse;
import dev.quorate.api.etcd.AuthUserChangePasswordResponse;
import dev.quorate.api.etcd.AuthUserDeleteResponse;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleResponse;
import dev.quorate.api.etcd.AuthUserRevokeRoleRequest;
import dev.quorate.api.etcd.AuthUserRevokeRoleResponse;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.Role;
import dev.quorate.api.etcd.User;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The changes of users and roles: from one {@link AuthState} to the next, checks in etcd's order.
 */
final class AuthCommands {
  private static final String ROOT = AuthState.ROOT;

  /** What became of a command; {@code change} tells the members' tokens about it. */
  sealed interface Outcome {
    record Done(AuthState next, MessageLite response, @Nullable AuthChange change)
        implements Outcome {}

    record Refused(KvError error) implements Outcome {}
  }

  private final AuthState state;

  private AuthCommands(AuthState state) {
    this.state = state;
  }

  /**
   * @param index of the command's log entry
   */
  static Outcome apply(AuthState state, AuthCommand command, Caller caller, long index) {
    var commands = new AuthCommands(state);
    if (command.getChangeCase() == AuthCommand.ChangeCase.LOGIN) {
      return commands.logIn(command.getLogin(), caller, index);
    }
    var error = state.refuseUnlessRoot(caller);
    return error != null ? refused(error) : commands.change(command);
  }

  private Outcome change(AuthCommand command) {
    return switch (command.getChangeCase()) {
      case ENABLE -> enable();
      case DISABLE -> disable();
      case USER_ADD -> addUser(command.getUserAdd());
      case USER_DELETE -> deleteUser(command.getUserDelete().getName());
      case USER_CHANGE_PASSWORD -> changePassword(command.getUserChangePassword());
      case USER_GRANT_ROLE -> grantRole(command.getUserGrantRole());
      case USER_REVOKE_ROLE -> revokeRole(command.getUserRevokeRole());
      case ROLE_ADD -> addRole(command.getRoleAdd().getName());
      case ROLE_DELETE -> deleteRole(command.getRoleDelete().getRole());
      case ROLE_GRANT_PERMISSION -> grantPermission(command.getRoleGrantPermission());
      case ROLE_REVOKE_PERMISSION -> revokePermission(command.getRoleRevokePermission());
      case LOGIN, CHANGE_NOT_SET -> refused(KvError.INVALID_AUTH_MANAGEMENT);
    };
  }

  /** The password was right at the caller's revision: if that is not the present one, ask again. */
  private Outcome logIn(Login login, Caller checked, long index) {
    if (!state.enabled()) {
      return refused(KvError.AUTH_NOT_ENABLED);
    }
    var user = state.user(login.getName());
    if (user == null || user.getOptions().getNoPassword()) {
      return refused(KvError.AUTHENTICATION_FAILED);
    }
    if (checked.authRevision() != state.revision()) {
      return refused(KvError.OLD_AUTH_REVISION);
    }
    String token = login.getTokenPrefix() + "." + Long.toUnsignedString(index);
    return new Outcome.Done(
        state,
        AuthenticateResponse.newBuilder().setToken(token).build(),
        new AuthChange.LoggedIn(login.getName(), token));
  }

  private Outcome enable() {
    var response = AuthEnableResponse.getDefaultInstance();
    if (state.enabled()) {
      return done(state, response);
    }
    if (state.user(ROOT) == null) {
      return refused(KvError.ROOT_USER_NOT_FOUND);
    }
    return state.hasRole(ROOT, ROOT)
        ? done(state.switched(true), response)
        : refused(KvError.ROOT_ROLE_NOT_GRANTED);
  }

  private Outcome disable() {
    var response = AuthDisableResponse.getDefaultInstance();
    return state.enabled()
        ? new Outcome.Done(state.switched(false), response, new AuthChange.AllLoggedOut())
        : done(state, response);
  }

  private Outcome addUser(User user) {
    String name = user.getName().toStringUtf8();
    if (name.isEmpty()) {
      return refused(KvError.USER_EMPTY);
    }
    return state.user(name) != null
        ? refused(KvError.USER_EXISTS)
        : done(state.with(user), AuthUserAddResponse.getDefaultInstance());
  }

  private Outcome deleteUser(String name) {
    if (state.enabled() && name.equals(ROOT)) {
      return refused(KvError.INVALID_AUTH_MANAGEMENT);
    }
    return state.user(name) == null
        ? refused(KvError.USER_NOT_FOUND)
        : new Outcome.Done(
            state.withoutUser(name),
            AuthUserDeleteResponse.getDefaultInstance(),
            new AuthChange.LoggedOut(name));
  }

  private Outcome changePassword(User told) {
    String name = told.getName().toStringUtf8();
    var user = state.user(name);
    if (user == null) {
      return refused(KvError.USER_NOT_FOUND);
    }
    var password = user.getOptions().getNoPassword() ? ByteString.EMPTY : told.getPassword();
    return new Outcome.Done(
        state.with(user.toBuilder().setPassword(password).build()),
        AuthUserChangePasswordResponse.getDefaultInstance(),
        new AuthChange.LoggedOut(name));
  }

  private Outcome grantRole(AuthUserGrantRoleRequest request) {
    var response = AuthUserGrantRoleResponse.getDefaultInstance();
    var user = state.user(request.getUser());
    if (user == null) {
      return refused(KvError.USER_NOT_FOUND);
    }
    if (!request.getRole().equals(ROOT) && state.role(request.getRole()) == null) {
      return refused(KvError.ROLE_NOT_FOUND);
    }
    var roles = new TreeSet<>(user.getRolesList());
    return roles.add(request.getRole())
        ? done(state.with(user.toBuilder().clearRoles().addAllRoles(roles).build()), response)
        : done(state, response);
  }

  private Outcome revokeRole(AuthUserRevokeRoleRequest request) {
    boolean rootOfRoot = request.getName().equals(ROOT) && request.getRole().equals(ROOT);
    if (state.enabled() && rootOfRoot) {
      return refused(KvError.INVALID_AUTH_MANAGEMENT);
    }
    var user = state.user(request.getName());
    if (user == null) {
      return refused(KvError.USER_NOT_FOUND);
    }
    return user.getRolesList().contains(request.getRole())
        ? done(
            state.with(AuthState.withoutRole(user, request.getRole())),
            AuthUserRevokeRoleResponse.getDefaultInstance())
        : refused(KvError.ROLE_NOT_GRANTED);
  }

  private Outcome addRole(String name) {
    if (name.isEmpty()) {
      return refused(KvError.ROLE_EMPTY);
    }
    return state.role(name) != null
        ? refused(KvError.ROLE_EXISTS)
        : done(
            state.with(Role.newBuilder().setName(ByteString.copyFromUtf8(name)).build()),
            AuthRoleAddResponse.getDefaultInstance());
  }

  private Outcome deleteRole(String name) {
    if (state.enabled() && name.equals(ROOT)) {
      return refused(KvError.INVALID_AUTH_MANAGEMENT);
    }
    return state.role(name) == null
        ? refused(KvError.ROLE_NOT_FOUND)
        : done(state.withoutRole(name), AuthRoleDeleteResponse.getDefaultInstance());
  }

  private Outcome grantPermission(AuthRoleGrantPermissionRequest request) {
    if (!request.hasPerm()) {
      return refused(KvError.PERMISSION_NOT_GIVEN);
    }
    var given = request.getPerm();
    if (!isRange(given)) {
      return refused(KvError.INVALID_AUTH_MANAGEMENT);
    }
    var role = state.role(request.getName());
    if (role == null) {
      return refused(KvError.ROLE_NOT_FOUND);
    }
    var permissions = new ArrayList<>(role.getKeyPermissionList());
    permissions.removeIf(old -> isAbout(old, given.getKey(), given.getRangeEnd()));
    permissions.add(given);
    permissions.sort(BY_KEY);
    return done(
        state.with(role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build()),
        AuthRoleGrantPermissionResponse.getDefaultInstance());
  }

  private static final Comparator<Permission> BY_KEY =
      Comparator.comparing(Permission::getKey, ByteString.unsignedLexicographicalComparator());

  private static boolean isRange(Permission given) {
    return !given.getKey().isEmpty()
        && KeyIntervals.endsBefore(
            given.getKey(), KeyIntervals.end(given.getKey(), given.getRangeEnd()));
  }

  private static boolean isAbout(Permission permission, ByteString key, ByteString rangeEnd) {
    return permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
  }

  private Outcome revokePermission(AuthRoleRevokePermissionRequest request) {
    var role = state.role(request.getRole());
    if (role == null) {
      return refused(KvError.ROLE_NOT_FOUND);
    }
    var permissions = new ArrayList<>(role.getKeyPermissionList());
    boolean found =
        permissions.removeIf(old -> isAbout(old, request.getKey(), request.getRangeEnd()));
    return found
        ? done(
            state.with(
                role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build()),
            AuthRoleRevokePermissionResponse.getDefaultInstance())
        : refused(KvError.PERMISSION_NOT_GRANTED);
  }

  private static Outcome done(AuthState next, MessageLite response) {
    return new Outcome.Done(next, response, null);
  }

  private static Outcome refused(KvError error) {
    return new Outcome.Refused(error);
  }
}
