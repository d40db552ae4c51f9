package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.lock.LockGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about differences has a row for each call, and none for others. */
final class ServicePageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "differences-from-etcd.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\| `(\\w+)` \\| (done|differs .+|differs: .+) \\|");

  @Test
  void hasEveryCall() throws IOException {
    List<String> calls =
        Stream.of(
                KVGrpc.getServiceDescriptor(),
                WatchGrpc.getServiceDescriptor(),
                LeaseGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                MaintenanceGrpc.getServiceDescriptor(),
                AuthGrpc.getServiceDescriptor(),
                LockGrpc.getServiceDescriptor(),
                ElectionGrpc.getServiceDescriptor())
            .flatMap(service -> service.getMethods().stream())
            .map(method -> method.getFullMethodName().replaceAll(".*\\.", ""))
            .toList();
    List<String> rows =
        ROW.matcher(Files.readString(PAGE))
            .results()
            .map(row -> row.group(1) + "/" + row.group(2))
            .toList();
    assertThat(rows).containsExactlyInAnyOrderElementsOf(calls);
  }
}
