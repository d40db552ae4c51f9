package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.SecuredServer.assertFails;
import static dev.quorate.node.rpc.SecuredServer.grant;
import static dev.quorate.node.rpc.SecuredServer.permission;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.quorate.api.etcd.AuthStatusRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserChangePasswordRequest;
import dev.quorate.api.etcd.AuthUserDeleteRequest;
import dev.quorate.api.etcd.AuthUserGetRequest;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.AuthUserRevokeRoleRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.UserAddOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users, roles and log-ins as a client meets them; errors by etcd's code and text. */
final class AuthServiceTest {
  private final SecuredServer server = new SecuredServer();
  private final AuthGrpc.AuthBlockingStub auth = server.auth();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theLifeOfAUser() {
    assertFails(invalid("user name is empty"), () -> server.addUser("", "x"));
    server.addUser("bob", "x");
    assertFails(precondition("user name already exists"), () -> server.addUser("bob", "y"));
    assertFails(
        precondition("user name not found"), () -> auth.userGrantRole(grant("carol", "ops")));
    assertFails(precondition("role name not found"), () -> auth.userGrantRole(grant("bob", "ops")));
    addRole("ops");
    addRole("dev");
    auth.userGrantRole(grant("bob", "ops"));
    auth.userGrantRole(grant("bob", "dev"));
    auth.userGrantRole(grant("bob", "dev"));
    assertThat(userRoles("bob")).containsExactly("dev", "ops");
    var revoke = AuthUserRevokeRoleRequest.newBuilder().setName("bob").setRole("dev").build();
    auth.userRevokeRole(revoke);
    assertFails(precondition("role is not granted to the user"), () -> auth.userRevokeRole(revoke));
    assertThat(userRoles("bob")).containsExactly("ops");
    assertThat(auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList())
        .containsExactly("bob");
    auth.userDelete(AuthUserDeleteRequest.newBuilder().setName("bob").build());
    assertFails(precondition("user name not found"), () -> userRoles("bob"));
    assertFails(
        precondition("user name not found"),
        () -> auth.userDelete(AuthUserDeleteRequest.newBuilder().setName("bob").build()));
    assertFails(precondition("user name not found"), () -> changePassword("bob", "z"));
  }

  @Test
  void theLifeOfARole() {
    assertFails(invalid("role name is empty"), () -> addRole(""));
    addRole("ops");
    assertFails(precondition("role name already exists"), () -> addRole("ops"));
    var none = AuthRoleGrantPermissionRequest.newBuilder().setName("ops");
    assertFails(invalid("permission not given"), () -> auth.roleGrantPermission(none.build()));
    permit("ops", permission(Permission.Type.READ, "a", "c"));
    permit("ops", permission(Permission.Type.WRITE, "0", "\0"));
    permit("ops", permission(Permission.Type.READWRITE, "a", "c"));
    assertThat(rolePermissions("ops"))
        .containsExactly(
            permission(Permission.Type.WRITE, "0", "\0"),
            permission(Permission.Type.READWRITE, "a", "c"));
    assertFails(
        precondition("role name not found"),
        () -> permit("dev", permission(Permission.Type.READ, "a", "")));
    assertFails(
        invalid("invalid auth management"),
        () -> permit("ops", permission(Permission.Type.READ, "", "\0")));
    assertFails(
        invalid("invalid auth management"),
        () -> permit("ops", permission(Permission.Type.READ, "c", "c")));
    revokePermission("ops", "a", "c");
    assertFails(
        precondition("permission is not granted to the role"),
        () -> revokePermission("ops", "a", "c"));
    assertFails(precondition("role name not found"), () -> revokePermission("dev", "a", "c"));
    server.addUser("bob", "x");
    auth.userGrantRole(grant("bob", "ops"));
    auth.roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("ops").build());
    assertThat(userRoles("bob")).isEmpty();
    assertThat(auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList()).isEmpty();
    assertFails(precondition("role name not found"), () -> rolePermissions("ops"));
    assertFails(
        precondition("role name not found"),
        () -> auth.roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("ops").build()));
  }

  @Test
  void theRoleRootMayDoEverything() {
    assertFails(precondition("role name not found"), () -> rolePermissions("root"));
    addRole("root");
    assertThat(rolePermissions("root"))
        .containsExactly(permission(Permission.Type.READWRITE, "", "\0"));
  }

  @Test
  void enablingNeedsRoot() {
    assertFails(precondition("root user does not exist"), this::enable);
    server.addUser("root", "r");
    assertFails(precondition("root user does not have root role"), this::enable);
    auth.userGrantRole(grant("root", "root"));
    assertThat(status()).isEqualTo("off at 3");
    enable();
    assertThat(status())
        .as("anybody may ask, and enabling changes no revision")
        .isEqualTo("on at 3");
  }

  @Test
  void everyChangeCountsAndDisablingToo() {
    assertThat(status()).isEqualTo("off at 1");
    server.enabled();
    assertThat(status()).isEqualTo("on at 6");
    var root = root();
    root.authEnable(AuthEnableRequest.getDefaultInstance());
    assertThat(status()).isEqualTo("on at 6");
    root.authDisable(AuthDisableRequest.getDefaultInstance());
    assertThat(status()).isEqualTo("off at 7");
    auth.authDisable(AuthDisableRequest.getDefaultInstance());
    assertThat(status()).isEqualTo("off at 7");
  }

  @Test
  void whileEnabledRootStays() {
    var root = rootOf(server.enabled());
    assertFails(
        invalid("invalid auth management"),
        () -> root.userDelete(AuthUserDeleteRequest.newBuilder().setName("root").build()));
    assertFails(
        invalid("invalid auth management"),
        () ->
            root.userRevokeRole(
                AuthUserRevokeRoleRequest.newBuilder().setName("root").setRole("root").build()));
    assertFails(
        invalid("invalid auth management"),
        () -> root.roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("root").build()));
  }

  @Test
  void loggingIn() {
    assertFails(precondition("authentication is not enabled"), () -> server.logIn("root", "r"));
    server.enabled();
    Status wrong = invalid("authentication failed, invalid user ID or password");
    assertFails(wrong, () -> server.logIn("root", "wrong"));
    assertFails(wrong, () -> server.logIn("nobody", "r"));
    assertFails(wrong, () -> server.logIn("", ""));
    String token = server.logIn("root", "r");
    assertThat(token).matches("[a-zA-Z]{16}\\.[0-9]+");
    assertThat(server.logIn("root", "r")).isNotEqualTo(token);
  }

  @Test
  void usersWithoutPasswordDoNotLogIn() {
    server.enabled();
    root()
        .userAdd(
            AuthUserAddRequest.newBuilder()
                .setName("machine")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
    assertFails(
        Status.UNKNOWN.withDescription(
            "auth: authentication failed, password was given for no password user"),
        () -> server.logIn("machine", ""));
  }

  @Test
  void aNewPasswordEndsOldTokens() {
    var alice = server.kv(server.enabled().as("alice", "a"));
    server.permit(Permission.Type.READWRITE, "a", "");
    alice.put(put("a"));
    changePasswordOf(root(), "alice", "new");
    assertFails(unauthenticated(), () -> alice.put(put("a")));
    assertFails(
        invalid("authentication failed, invalid user ID or password"),
        () -> server.logIn("alice", "a"));
    server.kv(server.as("alice", "new")).put(put("a"));
  }

  @Test
  void aDeletedUserIsNobodyAtOnce() {
    var alice = server.kv(server.enabled().as("alice", "a"));
    root().userDelete(AuthUserDeleteRequest.newBuilder().setName("alice").build());
    assertFails(unauthenticated(), () -> alice.range(range("a")));
  }

  @Test
  void passwordsMayComeHashed() {
    String hash =
        OpenBSDBCrypt.generate("2a", "secret".getBytes(StandardCharsets.UTF_8), new byte[16], 4);
    server.enabled();
    root()
        .userAdd(
            AuthUserAddRequest.newBuilder()
                .setName("hashed")
                .setHashedPassword(base64(hash))
                .build());
    assertThat(server.logIn("hashed", "secret")).isNotEmpty();
    for (String bad : new String[] {"?", base64("secret"), base64(hash.replace("$04$", "$16$"))}) {
      assertFails(
          EtcdErrors.NOT_A_HASH,
          () ->
              root()
                  .userChangePassword(
                      AuthUserChangePasswordRequest.newBuilder()
                          .setName("hashed")
                          .setHashedPassword(bad)
                          .build()));
    }
  }

  @Test
  void tooLongPasswordsAreRefusedInsteadOfCut() {
    server.addUser("longest", "x".repeat(72));
    assertFails(
        Status.UNKNOWN.withDescription("bcrypt: password length exceeds 72 bytes"),
        () -> server.addUser("longer", "x".repeat(73)));
  }

  @Test
  void noPasswordIsInTheLog() {
    server.addUser("bob", "very secret");
    changePassword("bob", "more secret");
    server.enabled();
    server.logIn("alice", "a");
    assertThat(server.member.commands)
        .allSatisfy(
            command ->
                assertThat(command.toByteString().toString(StandardCharsets.ISO_8859_1))
                    .doesNotContain("secret"));
  }

  @Test
  void managingUsersIsForRoot() {
    server.enabled();
    var alice = AuthGrpc.newBlockingStub(server.as("alice", "a"));
    Status denied = EtcdErrors.PERMISSION_DENIED;
    assertFails(denied, () -> alice.authDisable(AuthDisableRequest.getDefaultInstance()));
    assertFails(denied, () -> alice.userList(AuthUserListRequest.getDefaultInstance()));
    assertFails(denied, () -> alice.roleList(AuthRoleListRequest.getDefaultInstance()));
    assertFails(denied, () -> alice.roleAdd(AuthRoleAddRequest.newBuilder().setName("x").build()));
    assertFails(
        denied,
        () -> alice.userAdd(AuthUserAddRequest.newBuilder().setName("x").setPassword("x").build()));
    assertFails(denied, () -> changePasswordOf(alice, "alice", "x"));
    assertFails(
        denied, () -> alice.userGet(AuthUserGetRequest.newBuilder().setName("root").build()));
    assertFails(denied, () -> alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("x").build()));
    assertThat(
            alice.userGet(AuthUserGetRequest.newBuilder().setName("alice").build()).getRolesList())
        .containsExactly("own");
    alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("own").build());

    Status nobody = invalid("user name is empty");
    assertFails(nobody, () -> auth.authDisable(AuthDisableRequest.getDefaultInstance()));
    assertFails(nobody, () -> auth.userList(AuthUserListRequest.getDefaultInstance()));
    assertFails(nobody, () -> server.addUser("x", "x"));
    assertFails(nobody, () -> userRoles("alice"));
  }

  @Test
  void aTokenComesInEitherHeader() {
    String token = server.enabled().logIn("root", "r");
    var authorization = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    server.kv(server.withHeader(authorization, token)).put(put("a"));
    server.kv(server.withHeader(authorization, "Bearer " + token)).put(put("a"));
    server.kv(server.withToken(token)).put(put("a"));
    assertFails(unauthenticated(), () -> server.kv(server.withToken("x")).put(put("a")));
    assertFails(
        unauthenticated(),
        () -> server.kv(server.withToken("abcdefghijklmnop.99")).range(range("a")));
  }

  @Test
  void ofSeveralTokensTheFirstCounts() {
    String token = server.enabled().logIn("root", "r");
    var key = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    var headers = new Metadata();
    headers.put(key, token);
    headers.put(key, "x");
    var both =
        ClientInterceptors.intercept(
            server.anonymous(), MetadataUtils.newAttachHeadersInterceptor(headers));
    server.kv(both).put(put("a"));
  }

  private void enable() {
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  private String status() {
    var status = auth.authStatus(AuthStatusRequest.getDefaultInstance());
    return (status.getEnabled() ? "on" : "off") + " at " + status.getAuthRevision();
  }

  private AuthGrpc.AuthBlockingStub root() {
    return rootOf(server);
  }

  private static AuthGrpc.AuthBlockingStub rootOf(SecuredServer server) {
    return AuthGrpc.newBlockingStub(server.as("root", "r"));
  }

  private void addRole(String name) {
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
  }

  private void permit(String role, Permission permission) {
    auth.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder().setName(role).setPerm(permission).build());
  }

  private void revokePermission(String role, String key, String rangeEnd) {
    auth.roleRevokePermission(
        AuthRoleRevokePermissionRequest.newBuilder()
            .setRole(role)
            .setKey(ByteString.copyFromUtf8(key))
            .setRangeEnd(ByteString.copyFromUtf8(rangeEnd))
            .build());
  }

  private void changePassword(String user, String password) {
    changePasswordOf(auth, user, password);
  }

  private static void changePasswordOf(
      AuthGrpc.AuthBlockingStub caller, String user, String password) {
    caller.userChangePassword(
        AuthUserChangePasswordRequest.newBuilder().setName(user).setPassword(password).build());
  }

  private Iterable<String> userRoles(String user) {
    return auth.userGet(AuthUserGetRequest.newBuilder().setName(user).build()).getRolesList();
  }

  private Iterable<Permission> rolePermissions(String role) {
    return auth.roleGet(AuthRoleGetRequest.newBuilder().setRole(role).build()).getPermList();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static RangeRequest range(String key) {
    return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Status invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription("etcdserver: " + text);
  }

  private static Status precondition(String text) {
    return Status.FAILED_PRECONDITION.withDescription("etcdserver: " + text);
  }

  private static Status unauthenticated() {
    return Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
  }
}
