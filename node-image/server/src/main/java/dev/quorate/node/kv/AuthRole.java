package dev.quorate.node.kv;

import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.Role;
import java.util.EnumSet;
import java.util.Set;

/** A role with its permissions made ready for questions. */
record AuthRole(Role row, KeyIntervals readable, KeyIntervals writable) {
  private static final Set<Permission.Type> READING =
      EnumSet.of(Permission.Type.READ, Permission.Type.READWRITE);
  private static final Set<Permission.Type> WRITING =
      EnumSet.of(Permission.Type.WRITE, Permission.Type.READWRITE);

  static AuthRole of(Role row) {
    return new AuthRole(row, intervals(row, READING), intervals(row, WRITING));
  }

  private static KeyIntervals intervals(Role row, Set<Permission.Type> types) {
    return KeyIntervals.of(
        row.getKeyPermissionList().stream()
            .filter(permission -> types.contains(permission.getPermType()))
            .toList());
  }

  KeyIntervals intervals(Access access) {
    return switch (access) {
      case READ -> readable;
      case WRITE -> writable;
    };
  }
}
