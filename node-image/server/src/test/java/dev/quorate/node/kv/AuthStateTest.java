package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.Login;
import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthUserDeleteRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.Role;
import dev.quorate.api.etcd.User;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Users and roles in the state machine, and what permissions cover. */
final class AuthStateTest {
  private static final ByteString NO_END = ByteString.EMPTY;

  @Test
  void severalRolesTogetherCoverARange() {
    var state =
        AuthState.INITIAL
            .with(role("left", read("a", "c")))
            .with(role("right", read("c", "e"), read("x", "\0")))
            .with(user("alice", "left", "right"))
            .switched(true);
    var alice = new Caller("alice", state.revision());
    assertThat(state.refuse(alice, Access.READ, bytes("a"), bytes("e"))).isNull();
    assertThat(state.refuse(alice, Access.READ, bytes("b"), bytes("d"))).isNull();
    assertThat(state.refuse(alice, Access.READ, bytes("y"), bytes("\0"))).isNull();
    assertThat(state.refuse(alice, Access.READ, bytes("a"), bytes("e\0")))
        .isEqualTo(KvError.PERMISSION_DENIED);
    assertThat(state.refuse(alice, Access.READ, bytes("d"), bytes("\0")))
        .isEqualTo(KvError.PERMISSION_DENIED);
    assertThat(state.refuse(alice, Access.WRITE, bytes("a"), NO_END))
        .isEqualTo(KvError.PERMISSION_DENIED);
  }

  /** Against the obvious way: look at every key of a small world. */
  @Test
  void intervalsCoverWhatTheirPermissionsCover() {
    var random = new SplittableRandom(7);
    for (int round = 0; round < 2000; round++) {
      var permissions = new ArrayList<Permission>();
      boolean[] covered = new boolean[20];
      for (int i = random.nextInt(6); i > 0; i--) {
        int from = random.nextInt(20);
        int to = from + 1 + random.nextInt(20 - from);
        boolean open = random.nextInt(5) == 0;
        permissions.add(read(name(from), open ? "\0" : name(to)));
        Arrays.fill(covered, from, open ? 20 : to, true);
      }
      var intervals = KeyIntervals.of(permissions);
      for (int key = 0; key < 20; key++) {
        assertThat(intervals.endFrom(bytes(name(key))) != null)
            .as("%s in %s", name(key), permissions)
            .isEqualTo(covered[key]);
      }
    }
  }

  @Test
  void theSameLogGivesTheSameUsersOnEveryMemberAndAfterARestart() {
    var storage = new MemoryStateStorage();
    var one = new KvStateMachine(storage);
    var other = new KvStateMachine(new MemoryStateStorage());
    var log =
        List.of(
            AuthCommand.newBuilder().setUserAdd(user("root")),
            AuthCommand.newBuilder().setUserGrantRole(grant("root", "root")),
            AuthCommand.newBuilder().setRoleAdd(AuthRoleAddRequest.newBuilder().setName("dev")),
            AuthCommand.newBuilder().setUserAdd(user("alice")),
            AuthCommand.newBuilder().setUserGrantRole(grant("alice", "dev")),
            AuthCommand.newBuilder().setUserAdd(user("bob")),
            AuthCommand.newBuilder()
                .setUserDelete(AuthUserDeleteRequest.newBuilder().setName("bob")),
            AuthCommand.newBuilder().setEnable(AuthEnableRequest.getDefaultInstance()));
    for (int i = 0; i < log.size(); i++) {
      one.apply(List.of(entry(i + 1, log.get(i), 0)));
    }
    var all = new ArrayList<Entry>();
    for (int i = 0; i < log.size(); i++) {
      all.add(entry(i + 1, log.get(i), 0));
    }
    other.apply(all);
    storage.flush();
    var restarted = new KvStateMachine(storage.crashed());
    for (var machine : List.of(one, other, restarted)) {
      assertThat(machine.auth().enabled()).isTrue();
      assertThat(machine.auth().revision()).isEqualTo(8);
      assertThat(machine.auth().users().keySet()).containsExactly("alice", "root");
      assertThat(machine.auth().hasRole("alice", "dev")).isTrue();
      assertThat(machine.auth().role("dev")).isNotNull();
    }
    assertThat(logIn(one, 9, 8)).isEqualTo(List.of(new AuthChange.LoggedIn("alice", "prefix.9")));
    assertThat(logIn(other, 9, 8)).isEqualTo(one.authChanges());
    assertThat(logIn(restarted, 9, 7)).as("checked against older users").isEmpty();
  }

  /** Also where the member that took the request did not know of the change yet. */
  @Test
  void whoWasCheckedAgainstOlderUsersChangesNothing() {
    var state = AuthState.INITIAL.with(user("root", "root")).with(user("alice")).switched(true);
    var stale = new Caller("root", state.revision() - 1);
    var early = new Caller("root", state.revision() + 1);
    for (var caller : List.of(stale, early)) {
      var command =
          AuthCommand.newBuilder()
              .setUserDelete(AuthUserDeleteRequest.newBuilder().setName("alice"))
              .build();
      assertThat(AuthCommands.apply(state, command, caller, 1))
          .isEqualTo(new AuthCommands.Outcome.Refused(KvError.OLD_AUTH_REVISION));
      assertThat(new AuthReads(state, caller, 1).user("root"))
          .isEqualTo(new ApplyResult.Refused(KvError.OLD_AUTH_REVISION));
    }
    var gone = new Caller("gone", state.revision() - 1);
    assertThat(state.refuseUnlessRoot(gone)).isEqualTo(KvError.OLD_AUTH_REVISION);
    assertThat(state.refuseUnlessRoot(new Caller("root", state.revision()))).isNull();
    assertThat(state.refuseUnlessRoot(Caller.NOBODY)).isEqualTo(KvError.USER_EMPTY);
  }

  private static List<AuthChange> logIn(KvStateMachine machine, long index, long revision) {
    var login = Login.newBuilder().setName("alice").setTokenPrefix("prefix");
    machine.apply(List.of(entry(index, AuthCommand.newBuilder().setLogin(login), revision)));
    return machine.authChanges();
  }

  private static Entry entry(long index, AuthCommand.Builder change, long revision) {
    var command = Command.newBuilder().setAuth(change).setAuthRevision(revision).build();
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, Bytes.of(command.toByteArray()));
  }

  private static String name(int key) {
    return String.valueOf((char) ('a' + key));
  }

  private static Permission read(String key, String end) {
    return Permission.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)).build();
  }

  private static Role role(String name, Permission... permissions) {
    return Role.newBuilder().setName(bytes(name)).addAllKeyPermission(List.of(permissions)).build();
  }

  private static User user(String name, String... roles) {
    return User.newBuilder().setName(bytes(name)).addAllRoles(List.of(roles)).build();
  }

  private static AuthUserGrantRoleRequest grant(String user, String role) {
    return AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
