package dev.quorate.node.kv;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.quorate.api.command.AuthSwitch;
import dev.quorate.api.etcd.Role;
import dev.quorate.api.etcd.User;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.raft.check.Invariants;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** {@link AuthState} in the table META: one row for the switch, one per user and per role. */
final class AuthRows {
  private static final byte[] SWITCH = bytes("auth");
  private static final String USERS = "auth.user/";
  private static final String ROLES = "auth.role/";

  private AuthRows() {}

  static AuthState read(Reader reader) {
    byte[] row = reader.get(Table.META, SWITCH);
    if (row == null) {
      return AuthState.INITIAL;
    }
    var state = parse(AuthSwitch.parser(), row);
    var users = new TreeMap<String, User>();
    scan(reader, USERS, User.parser(), user -> users.put(user.getName().toStringUtf8(), user));
    var roles = new TreeMap<String, AuthRole>();
    scan(
        reader,
        ROLES,
        Role.parser(),
        role -> roles.put(role.getName().toStringUtf8(), AuthRole.of(role)));
    return new AuthState(state.getEnabled(), state.getRevision(), users, roles);
  }

  /** Writes what differs. */
  static void write(Batch batch, AuthState before, AuthState after) {
    var state =
        AuthSwitch.newBuilder().setEnabled(after.enabled()).setRevision(after.revision()).build();
    batch.put(Table.META, SWITCH, state.toByteArray());
    write(batch, USERS, before.users(), after.users(), user -> user);
    write(batch, ROLES, before.roles(), after.roles(), AuthRole::row);
  }

  private static <T> void write(
      Batch batch,
      String prefix,
      SortedMap<String, T> before,
      SortedMap<String, T> after,
      Function<T, ? extends MessageLite> row) {
    after.forEach(
        (name, value) -> {
          if (!value.equals(before.get(name))) {
            batch.put(Table.META, bytes(prefix + name), row.apply(value).toByteArray());
          }
        });
    for (String name : before.keySet()) {
      if (!after.containsKey(name)) {
        batch.delete(Table.META, bytes(prefix + name));
      }
    }
  }

  private static <T> void scan(Reader reader, String prefix, Parser<T> parser, Consumer<T> found) {
    byte[] behind = bytes(prefix);
    behind[behind.length - 1]++;
    try (var rows = reader.scan(Table.META, bytes(prefix), behind)) {
      for (; rows.valid(); rows.next()) {
        found.accept(parse(parser, rows.value()));
      }
    }
  }

  private static <T> T parse(Parser<T> parser, byte[] row) {
    try {
      return parser.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw Invariants.violation("a row of users and roles cannot be read: " + e.getMessage());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
