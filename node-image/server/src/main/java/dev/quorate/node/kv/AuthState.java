package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Role;
import dev.quorate.api.etcd.User;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Users, roles and what they permit as of the applied index: an immutable picture that any thread
 * may keep.
 *
 * @param enabled whether callers must say who they are
 * @param revision counts the changes, from 1
 */
public record AuthState(
    boolean enabled,
    long revision,
    SortedMap<String, User> users,
    SortedMap<String, AuthRole> roles) {
  /** The user and the role that may do everything, and that must exist while auth is enabled. */
  static final String ROOT = "root";

  static final AuthState INITIAL = new AuthState(false, 1, new TreeMap<>(), new TreeMap<>());

  public AuthState {
    users = Collections.unmodifiableSortedMap(users);
    roles = Collections.unmodifiableSortedMap(roles);
  }

  /** Cheaper than equality, and enough along one log: the revision counts all else. */
  boolean isSameAs(AuthState other) {
    return enabled == other.enabled && revision == other.revision;
  }

  public @Nullable User user(String name) {
    return users.get(name);
  }

  public @Nullable Role role(String name) {
    var role = roles.get(name);
    return role == null ? null : role.row();
  }

  public boolean hasRole(String user, String role) {
    var found = users.get(user);
    return found != null && found.getRolesList().contains(role);
  }

  /**
   * Whether the caller was checked against other users and roles than these. One that comes from a
   * revision which they have not reached is refused like one from the past: what is to come may
   * forbid it. Nobody is never old.
   */
  public boolean isOld(Caller caller) {
    return enabled && !caller.equals(Caller.NOBODY) && caller.authRevision() != revision;
  }

  /** Why the caller may not do what only root may; null if it may. */
  public @Nullable KvError refuseUnlessRoot(Caller caller) {
    if (!enabled) {
      return null;
    }
    if (caller.name().isEmpty()) {
      return KvError.USER_EMPTY;
    }
    if (isOld(caller)) {
      return KvError.OLD_AUTH_REVISION;
    }
    if (!users.containsKey(caller.name())) {
      return KvError.USER_NOT_FOUND;
    }
    return hasRole(caller.name(), ROOT) ? null : KvError.PERMISSION_DENIED;
  }

  /**
   * Why the caller may not do this to all of these keys; null if it may. The range is told in
   * etcd's notation, as in RangeRequest.
   */
  public @Nullable KvError refuse(
      Caller caller, Access access, ByteString key, ByteString rangeEnd) {
    if (!enabled) {
      return null;
    }
    if (caller.authRevision() == 0) {
      return KvError.USER_EMPTY;
    }
    if (isOld(caller)) {
      return KvError.OLD_AUTH_REVISION;
    }
    var user = users.get(caller.name());
    boolean permitted =
        user != null
            && (user.getRolesList().contains(ROOT)
                || covers(user, access, key, KeyIntervals.end(key, rangeEnd)));
    return permitted ? null : KvError.PERMISSION_DENIED;
  }

  /** Several roles together may permit a range that none of them permits alone. */
  private boolean covers(User user, Access access, ByteString from, ByteString end) {
    ByteString reached = from;
    do {
      var next = farthest(user, access, reached);
      if (next == null) {
        return false;
      }
      reached = next;
    } while (KeyIntervals.endsBefore(reached, end));
    return true;
  }

  private @Nullable ByteString farthest(User user, Access access, ByteString key) {
    ByteString farthest = null;
    for (String name : user.getRolesList()) {
      var role = roles.get(name);
      var end = role == null ? null : role.intervals(access).endFrom(key);
      if (end != null && (farthest == null || KeyIntervals.endsBefore(farthest, end))) {
        farthest = end;
      }
    }
    return farthest;
  }

  AuthState switched(boolean on) {
    return new AuthState(on, on ? revision : revision + 1, users, roles);
  }

  AuthState with(User user) {
    var next = new TreeMap<>(users);
    next.put(user.getName().toStringUtf8(), user);
    return new AuthState(enabled, revision + 1, next, roles);
  }

  AuthState withoutUser(String name) {
    var next = new TreeMap<>(users);
    next.remove(name);
    return new AuthState(enabled, revision + 1, next, roles);
  }

  AuthState with(Role role) {
    var next = new TreeMap<>(roles);
    next.put(role.getName().toStringUtf8(), AuthRole.of(role));
    return new AuthState(enabled, revision + 1, users, next);
  }

  /** Nobody has the role any more either. */
  AuthState withoutRole(String name) {
    var nextRoles = new TreeMap<>(roles);
    nextRoles.remove(name);
    var nextUsers = new TreeMap<>(users);
    nextUsers.replaceAll((_, user) -> withoutRole(user, name));
    return new AuthState(enabled, revision + 1, nextUsers, nextRoles);
  }

  static User withoutRole(User user, String role) {
    if (!user.getRolesList().contains(role)) {
      return user;
    }
    var kept = user.getRolesList().stream().filter(name -> !name.equals(role)).toList();
    return user.toBuilder().clearRoles().addAllRoles(kept).build();
  }
}
