package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static dev.quorate.e2e.jetcd.Jetcd.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.ServerProcess;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jetcd's Auth on a node of its own: users, roles, permissions, and clients that log in. */
final class AuthIT {
  private static final String DENIED = "PERMISSION_DENIED: etcdserver: permission denied";

  @TempDir private Path directory;
  private ServerProcess node;
  private Client anybody;

  @BeforeEach
  void start() throws IOException {
    node = ServerProcess.startAlone(ServerProcess.node(), directory, "http");
    anybody = Jetcd.builder(List.of(node)).build();
  }

  @AfterEach
  void stop() {
    anybody.close();
    node.close();
  }

  private Client logIn(String user, String password) {
    return Jetcd.builder(List.of(node)).user(bytes(user)).password(bytes(password)).build();
  }

  private void enable(Auth auth) {
    get(auth.userAdd(bytes("root"), bytes("root's")));
    get(auth.roleAdd(bytes("root")));
    get(auth.userGrantRole(bytes("root"), bytes("root")));
    get(auth.authEnable());
  }

  @Test
  void usersAndRolesAreAddedShownAndDeleted() {
    var auth = anybody.getAuthClient();
    get(auth.userAdd(bytes("u"), bytes("p")));
    get(auth.roleAdd(bytes("r")));
    get(auth.userGrantRole(bytes("u"), bytes("r")));
    get(auth.roleGrantPermission(bytes("r"), bytes("a"), bytes("b"), Permission.Type.READWRITE));
    assertThat(get(auth.userList()).getUsers()).containsExactly("u");
    assertThat(get(auth.roleList()).getRoles()).containsExactly("r");
    assertThat(get(auth.userGet(bytes("u"))).getRoles()).containsExactly("r");
    var granted = get(auth.roleGet(bytes("r"))).getPermissions();
    assertThat(granted).hasSize(1);
    assertThat(granted.getFirst().getKey()).isEqualTo(bytes("a"));
    assertThat(granted.getFirst().getRangeEnd()).isEqualTo(bytes("b"));
    assertThat(granted.getFirst().getPermType()).isEqualTo(Permission.Type.READWRITE);

    assertThat(refusal(auth.userAdd(bytes("u"), bytes("p"))))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: user name already exists");
    assertThat(refusal(auth.roleAdd(bytes("r"))))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: role name already exists");
    assertThat(refusal(auth.userGet(bytes("nobody"))))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: user name not found");
    assertThat(refusal(auth.authEnable()))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: root user does not exist");

    get(auth.roleRevokePermission(bytes("r"), bytes("a"), bytes("b")));
    assertThat(get(auth.roleGet(bytes("r"))).getPermissions()).isEmpty();
    get(auth.userRevokeRole(bytes("u"), bytes("r")));
    assertThat(get(auth.userGet(bytes("u"))).getRoles()).isEmpty();
    get(auth.roleDelete(bytes("r")));
    get(auth.userDelete(bytes("u")));
    assertThat(get(auth.userList()).getUsers()).isEmpty();
    assertThat(get(auth.roleList()).getRoles()).isEmpty();
  }

  @Test
  void aUserMayDoWhatItsRolesAllowAndNothingElse() {
    var auth = anybody.getAuthClient();
    get(auth.userAdd(bytes("reader"), bytes("p")));
    get(auth.roleAdd(bytes("reads")));
    get(auth.userGrantRole(bytes("reader"), bytes("reads")));
    get(auth.roleGrantPermission(bytes("reads"), bytes("a"), bytes("b"), Permission.Type.READ));
    enable(auth);
    try (var root = logIn("root", "root's");
        var reader = logIn("reader", "p")) {
      get(root.getKVClient().put(bytes("a1"), bytes("1")));
      var kv = reader.getKVClient();
      assertThat(get(kv.get(bytes("a1"))).getCount()).isEqualTo(1);
      var range = GetOption.builder().withRange(bytes("b")).build();
      assertThat(get(kv.get(bytes("a"), range)).getCount()).isEqualTo(1);
      assertThat(refusal(kv.put(bytes("a1"), bytes("2")))).isEqualTo(DENIED);
      assertThat(refusal(kv.delete(bytes("a1")))).isEqualTo(DENIED);
      assertThat(refusal(kv.get(bytes("c")))).isEqualTo(DENIED);
      assertThat(refusal(reader.getAuthClient().userList())).isEqualTo(DENIED);
      assertThat(refusal(anybody.getKVClient().get(bytes("a1"))))
          .isEqualTo("INVALID_ARGUMENT: etcdserver: user name is empty");
      try (var seen = new SeenEvents()) {
        seen.of(reader.getWatchClient().watch(bytes("a1"), created(), seen));
        seen.awaitCreated();
        get(root.getKVClient().put(bytes("a1"), bytes("2")));
        seen.awaitEvents("PUT a1=2");
      }
    }
  }

  private static WatchOption created() {
    return WatchOption.builder().withCreateNotify(true).build();
  }

  @Test
  void aWatchThatIsNotAllowedIsRefused() {
    enable(anybody.getAuthClient());
    try (var root = logIn("root", "root's");
        var seen = new SeenEvents()) {
      get(root.getAuthClient().userAdd(bytes("guest"), bytes("p")));
      try (var guest = logIn("guest", "p")) {
        seen.of(guest.getWatchClient().watch(bytes("secret"), created(), seen));
        assertThat(seen.awaitFailure()).hasMessageContaining("etcdserver: permission denied");
      }
    }
  }

  @Test
  void whoHasNoRightPasswordIsRefused() {
    enable(anybody.getAuthClient());
    try (var wrong = logIn("root", "guessed")) {
      assertThat(refusal(wrong.getKVClient().get(bytes("a")))).startsWith("UNAUTHENTICATED");
    }
  }

  @Test
  void aClientLogsInAnewWhenUsersHaveChanged() {
    enable(anybody.getAuthClient());
    try (var root =
        Jetcd.builder(List.of(node))
            .user(bytes("root"))
            .password(bytes("root's"))
            .retryMaxAttempts(2)
            .build()) {
      get(root.getKVClient().put(bytes("a"), bytes("1")));
      get(root.getAuthClient().userAdd(bytes("more"), bytes("p")));
      get(root.getAuthClient().userChangePassword(bytes("more"), bytes("q")));
      assertThat(get(root.getKVClient().get(bytes("a"))).getCount()).isEqualTo(1);
      get(root.getAuthClient().authDisable());
    }
    assertThat(get(anybody.getKVClient().get(bytes("a"))).getCount()).isEqualTo(1);
  }
}
