package dev.quorate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class CheckClusterCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void findsAClusterThatKeepsWhatIsWritten() throws IOException {
    var cluster = new Keys(true);
    Server server = serve(cluster);
    try {
      assertThat(check("http://127.0.0.1:" + server.getPort())).isZero();
      assertThat(out.toString()).contains("wrote, read and deleted a key");
      assertThat(cluster.keys).as("nothing is left behind").isEmpty();
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void findsAClusterThatForgets() throws IOException {
    Server server = serve(new Keys(false));
    try {
      assertThat(check("http://127.0.0.1:" + server.getPort())).isEqualTo(1);
      assertThat(out.toString()).contains("could not be read and deleted");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void saysThatNobodyAnswers() {
    assertThat(check("http://127.0.0.1:1")).isEqualTo(1);
    assertThat(out.toString()).contains("does not serve clients", "UNAVAILABLE");
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThat(check("demo:2379")).isEqualTo(2);
    assertThat(err.toString()).contains("--endpoint", "http://demo:2379");
  }

  @Test
  void refusesHttpsWithoutAnAuthority() {
    assertThat(check("https://demo:2379")).isEqualTo(2);
    assertThat(err.toString()).contains("--tls-directory");
  }

  private int check(String endpoint) {
    return OperatorMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute("check-cluster", "--endpoint=" + endpoint, "--wait=0");
  }

  private static Server serve(Keys cluster) throws IOException {
    return NettyServerBuilder.forPort(0).addService(cluster).build().start();
  }

  private static final class Keys extends KVGrpc.KVImplBase {
    private final Map<ByteString, ByteString> keys = new ConcurrentHashMap<>();
    private final boolean keeps;

    Keys(boolean keeps) {
      this.keeps = keeps;
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answer) {
      if (keeps) {
        keys.put(request.getKey(), request.getValue());
      }
      answer.onNext(PutResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      var found = RangeResponse.newBuilder();
      ByteString value = keys.get(request.getKey());
      if (value != null) {
        found.addKvs(KeyValue.newBuilder().setKey(request.getKey()).setValue(value));
      }
      answer.onNext(found.build());
      answer.onCompleted();
    }

    @Override
    public void deleteRange(
        DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> answer) {
      int deleted = keys.remove(request.getKey()) == null ? 0 : 1;
      answer.onNext(DeleteRangeResponse.newBuilder().setDeleted(deleted).build());
      answer.onCompleted();
    }
  }
}
