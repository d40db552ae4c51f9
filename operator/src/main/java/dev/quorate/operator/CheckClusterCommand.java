package dev.quorate.operator;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quorate-operator check-cluster}: what {@code helm test} of the cluster's chart runs. */
@Command(
    name = "check-cluster",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Writes, reads and deletes a key of its own in a cluster, as any client would.",
      "Exit code 0 if that works, 1 if not after waiting for it."
    })
public final class CheckClusterCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 2379;
  private static final long CALL_SECONDS = 5;

  @Option(
      names = "--endpoint",
      required = true,
      paramLabel = "URL",
      description =
          "Where clients reach the cluster, for example https://demo.default.svc:2379, or http:// without"
              + " TLS")
  private URI endpoint = URI.create("http://localhost");

  @Option(
      names = "--tls-directory",
      paramLabel = "DIRECTORY",
      description =
          "A mounted Secret: ca.crt signs for the members; tls.crt and tls.key, if they are there, are"
              + " shown to them. For https.")
  private @Nullable Path tlsDirectory;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait for the cluster. Default: ${DEFAULT-VALUE}")
  private int waitSeconds;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    OperatorLog.quietConnections();
    var secure = tlsDirectory;
    if (endpoint.getHost() == null || !(secure == null ? "http" : "https").equals(scheme())) {
      throw new ParameterException(
          spec.commandLine(),
          "--endpoint: %s: give https://demo:2379 with --tls-directory, or http://demo:2379 without"
              .formatted(endpoint));
    }
    int port = endpoint.getPort() < 0 ? DEFAULT_PORT : endpoint.getPort();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(endpoint.getHost(), port, credentials(secure)).build();
    try {
      List<String> problems = new Patience(waitSeconds).untilNone(() -> problems(channel));
      var out = spec.commandLine().getOut();
      problems.forEach(out::println);
      if (problems.isEmpty()) {
        out.println("wrote, read and deleted a key at " + endpoint);
      }
      return problems.isEmpty() ? 0 : 1;
    } finally {
      channel.shutdownNow();
    }
  }

  private String scheme() {
    return String.valueOf(endpoint.getScheme());
  }

  private ChannelCredentials credentials(@Nullable Path secret) {
    if (secret == null) {
      return InsecureChannelCredentials.create();
    }
    try {
      var tls = TlsChannelCredentials.newBuilder().trustManager(secret.resolve("ca.crt").toFile());
      if (Files.exists(secret.resolve("tls.crt"))) {
        tls.keyManager(secret.resolve("tls.crt").toFile(), secret.resolve("tls.key").toFile());
      }
      return tls.build();
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--tls-directory: %s cannot be read (%s): mount a Secret with ca.crt there"
              .formatted(secret, e));
    }
  }

  private List<String> problems(ManagedChannel channel) {
    channel.resetConnectBackoff();
    var cluster = KVGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    var key = ByteString.copyFromUtf8("quorate.dev/check/" + UUID.randomUUID());
    var value = ByteString.copyFromUtf8("written by quorate-operator check-cluster");
    try {
      var _ = cluster.put(PutRequest.newBuilder().setKey(key).setValue(value).build());
      var read = cluster.range(RangeRequest.newBuilder().setKey(key).build());
      var deleted = cluster.deleteRange(DeleteRangeRequest.newBuilder().setKey(key).build());
      return read.getKvsCount() == 1
              && read.getKvs(0).getValue().equals(value)
              && deleted.getDeleted() == 1
          ? List.of()
          : List.of("a key that was written could not be read and deleted at " + endpoint);
    } catch (StatusRuntimeException e) {
      return List.of("%s does not serve clients: %s".formatted(endpoint, e.getStatus()));
    }
  }
}
