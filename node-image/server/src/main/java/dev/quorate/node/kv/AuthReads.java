package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.AuthRoleGetResponse;
import dev.quorate.api.etcd.AuthRoleListResponse;
import dev.quorate.api.etcd.AuthStatusResponse;
import dev.quorate.api.etcd.AuthUserGetResponse;
import dev.quorate.api.etcd.AuthUserListResponse;
import dev.quorate.api.etcd.Permission;
import org.jspecify.annotations.Nullable;

/** What a caller is told about users and roles, from one picture of them. */
public final class AuthReads {
  /** What the role root may do, whatever it was granted. */
  private static final Permission EVERYTHING =
      Permission.newBuilder()
          .setPermType(Permission.Type.READWRITE)
          .setRangeEnd(ByteString.copyFrom(new byte[] {0}))
          .build();

  private final AuthState auth;
  private final Caller caller;
  private final long kvRevision;

  /**
   * @param kvRevision for the headers
   */
  public AuthReads(AuthState auth, Caller caller, long kvRevision) {
    this.auth = auth;
    this.caller = caller;
    this.kvRevision = kvRevision;
  }

  /** Everybody may know. */
  public ApplyResult status() {
    return done(
        AuthStatusResponse.newBuilder()
            .setEnabled(auth.enabled())
            .setAuthRevision(auth.revision())
            .build());
  }

  /** A user may be told about itself. */
  public ApplyResult user(String name) {
    var error = refusal(name.equals(caller.name()));
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    var user = auth.user(name);
    return user == null
        ? new ApplyResult.Refused(KvError.USER_NOT_FOUND)
        : done(AuthUserGetResponse.newBuilder().addAllRoles(user.getRolesList()).build());
  }

  /** A user may be told about its roles. */
  public ApplyResult role(String name) {
    var error = refusal(auth.hasRole(caller.name(), name));
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    var role = auth.role(name);
    if (role == null) {
      return new ApplyResult.Refused(KvError.ROLE_NOT_FOUND);
    }
    var response = AuthRoleGetResponse.newBuilder();
    return done(
        name.equals(AuthState.ROOT)
            ? response.addPerm(EVERYTHING).build()
            : response.addAllPerm(role.getKeyPermissionList()).build());
  }

  public ApplyResult users() {
    return toRoot(AuthUserListResponse.newBuilder().addAllUsers(auth.users().keySet()).build());
  }

  public ApplyResult roles() {
    return toRoot(AuthRoleListResponse.newBuilder().addAllRoles(auth.roles().keySet()).build());
  }

  private @Nullable KvError refusal(boolean aboutItself) {
    return aboutItself && !auth.isOld(caller) ? null : auth.refuseUnlessRoot(caller);
  }

  private ApplyResult toRoot(MessageLite response) {
    var error = refusal(false);
    return error == null ? done(response) : new ApplyResult.Refused(error);
  }

  private ApplyResult done(MessageLite response) {
    return new ApplyResult.Done(response, kvRevision);
  }
}
