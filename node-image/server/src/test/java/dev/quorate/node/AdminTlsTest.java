package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.tls.TestAuthority;
import dev.quorate.node.tls.TestAuthority.Issued;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call Admin on the peer port, and who may call the rest there. */
@Timeout(120)
final class AdminTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private TestAuthority members;
  private TestAuthority operators;
  private Issued member;

  @BeforeEach
  void issue() {
    members = new TestAuthority("members", directory);
    operators = new TestAuthority("operators", directory);
    member = members.issue("member");
  }

  @Test
  void adminIsForTheOperatorAloneAndTheRestForMembersAlone() throws Exception {
    try (var node = start("--admin-cert-allowed-cn=operator")) {
      var operator = channel(node, operators.issue("operator"));
      assertThat(status(operator).getName()).isEqualTo("one");
      assertDenied(() -> members(operator), "only members may call this");

      var other = channel(node, member);
      assertThat(members(other)).isEqualTo(1);
      assertDenied(() -> status(other), "only the operator may call Admin");
      var sameName = channel(node, members.issue("operator"));
      assertRefused(() -> status(sameName));

      var colleague = channel(node, operators.issue("colleague"));
      assertRefused(() -> status(colleague));
      var stranger = channel(node, new TestAuthority("strangers", directory).issue("operator"));
      assertRefused(() -> status(stranger));
      assertRefused(() -> status(channel(node, null)));
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void aMemberMayNotNameItselfOperatorWhereOneAuthoritySignsForBoth() throws Exception {
    try (var node = startWith(members, "--admin-cert-allowed-cn=operator")) {
      var operator = channel(node, members.issue("operator"));
      assertThat(status(operator).getName()).isEqualTo("one");
      assertDenied(() -> members(operator), "only members may call this");
      assertDenied(() -> status(channel(node, member)), "only the operator may call Admin");
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void theStatusTellsWhichCertificatesAreInUse() throws Exception {
    try (var node = start()) {
      var operator = channel(node, operators.issue("operator"));
      var told = new LinkedBlockingQueue<NodeStatus>();
      AdminGrpc.newStub(operator)
          .watchStatus(NodeStatusRequest.getDefaultInstance(), new Collecting(told));
      var first = status(operator);
      assertThat(first.hasClientTls()).isFalse();
      assertThat(first.getPeerTls().getTrustedList()).hasSize(1);
      assertThat(first.getPeerTls().getAdminTrustedList())
          .hasSize(1)
          .doesNotContainAnyElementsOf(first.getPeerTls().getTrustedList());

      Files.writeString(
          members.certificate(),
          Files.readString(members.certificate())
              + Files.readString(new TestAuthority("next", directory).certificate()));
      var trusting = awaitTold(told, status -> status.getPeerTls().getTrustedCount() == 2);
      assertThat(trusting.getPeerTls().getTrustedList())
          .containsAll(first.getPeerTls().getTrustedList());

      members.issue("member");
      var renewed =
          awaitTold(
              told,
              status ->
                  !status
                      .getPeerTls()
                      .getCertificate()
                      .equals(first.getPeerTls().getCertificate()));
      assertThat(renewed.getPeerTls().getCertificate()).matches("[0-9a-f]{64}");
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void clientsMayComeWithoutACertificateWhereThatIsAllowed() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"), "https", credentials(member))) {
      node.start(
          "--cert-file=" + member.certificate(),
          "--key-file=" + member.key(),
          "--trusted-ca-file=" + members.certificate(),
          "--client-cert-optional",
          "--peer-cert-file=" + member.certificate(),
          "--peer-key-file=" + member.key());
      assertThat(node.kv().range(anything()).hasHeader()).isTrue();
      var nameless = clientChannel(node, null);
      assertThat(KVGrpc.newBlockingStub(nameless).range(anything()).hasHeader()).isTrue();
      var late = clientChannel(node, members.issueExpired("late"));
      assertRefused(() -> KVGrpc.newBlockingStub(late).range(anything()));
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --admin-cert-allowed-cn=operator                              | --admin-cert-allowed-cn needs --admin-trusted-ca-file
          --admin-trusted-ca-file=ca.pem                                | --admin-trusted-ca-file needs --peer-trusted-ca-file
          --admin-trusted-ca-file=ca.pem --peer-trusted-ca-file=ca.pem  | where nobody shows a certificate: write https there
          --client-cert-optional                                        | --client-cert-optional needs --trusted-ca-file
          --client-cert-optional --client-cert-auth --trusted-ca-file=c | exclude each other: leave one out
          """)
  void flagsThatMakeNoSenseAreRefused(String flags, String problem) {
    try (var node =
        new TestNode(
            "one", directory.resolve("data"), "http", InsecureChannelCredentials.create())) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> node.start(flags.strip().split(" ")))
          .withMessageContaining(problem);
    }
  }

  private TestNode start(String... more) throws Exception {
    return startWith(operators, more);
  }

  private TestNode startWith(TestAuthority signingForOperators, String... more) throws Exception {
    var node = new TestNode("one", directory.resolve("one"), "https", credentials(member));
    node.start(
        Stream.concat(
                Stream.of(
                    "--listen-client-urls=http://127.0.0.1:" + node.clientPort(),
                    "--advertise-client-urls=http://127.0.0.1:" + node.clientPort(),
                    "--peer-cert-file=" + member.certificate(),
                    "--peer-key-file=" + member.key(),
                    "--peer-trusted-ca-file=" + members.certificate(),
                    "--peer-cert-allowed-cn=member",
                    "--admin-trusted-ca-file=" + signingForOperators.certificate()),
                Stream.of(more))
            .toArray(String[]::new));
    return node;
  }

  private ManagedChannel channel(TestNode node, @Nullable Issued shown) {
    return opened(node.peerPort(), shown);
  }

  private ManagedChannel clientChannel(TestNode node, @Nullable Issued shown) {
    return opened(node.clientPort(), shown);
  }

  private ManagedChannel opened(int port, @Nullable Issued shown) {
    var channel = NettyChannelBuilder.forAddress("127.0.0.1", port, credentials(shown)).build();
    channels.add(channel);
    return channel;
  }

  private ChannelCredentials credentials(@Nullable Issued shown) {
    try {
      var builder = TlsChannelCredentials.newBuilder().trustManager(members.certificate().toFile());
      if (shown != null) {
        builder.keyManager(shown.certificate().toFile(), shown.key().toFile());
      }
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RangeRequest anything() {
    return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();
  }

  private static NodeStatus status(ManagedChannel channel) {
    return AdminGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .status(NodeStatusRequest.getDefaultInstance());
  }

  private static int members(ManagedChannel channel) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(
            failure ->
                failure instanceof StatusRuntimeException status
                    && status.getStatus().getCode() == Status.Code.UNAVAILABLE)
        .until(
            () ->
                ClusterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .memberList(MemberListRequest.getDefaultInstance())
                    .getMembersCount(),
            count -> count > 0);
  }

  private static NodeStatus awaitTold(
      LinkedBlockingQueue<NodeStatus> told, Predicate<NodeStatus> wanted)
      throws InterruptedException {
    while (true) {
      var status = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(status).as("a status as wanted").isNotNull();
      if (wanted.test(status)) {
        return status;
      }
    }
  }

  private static void assertDenied(Supplier<?> call, String words) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call::get)
        .satisfies(
            failure ->
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED))
        .withMessageContaining(words);
  }

  private static void assertRefused(Supplier<?> call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call::get)
        .satisfies(
            failure ->
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private record Collecting(LinkedBlockingQueue<NodeStatus> told)
      implements StreamObserver<NodeStatus> {
    @Override
    public void onNext(NodeStatus status) {
      told.add(status);
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
