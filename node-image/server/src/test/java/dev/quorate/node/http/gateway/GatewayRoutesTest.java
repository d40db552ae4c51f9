package dev.quorate.node.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.lock.LockGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of paths against the descriptors of the services. */
final class GatewayRoutesTest {
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          KVGrpc.getServiceDescriptor(),
          WatchGrpc.getServiceDescriptor(),
          LeaseGrpc.getServiceDescriptor(),
          ClusterGrpc.getServiceDescriptor(),
          MaintenanceGrpc.getServiceDescriptor(),
          AuthGrpc.getServiceDescriptor(),
          LockGrpc.getServiceDescriptor(),
          ElectionGrpc.getServiceDescriptor());

  @Test
  void hasEveryCallButTheOneForGrpcAlone() {
    Set<String> calls =
        SERVICES.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(MethodDescriptor::getFullMethodName)
            .collect(Collectors.toSet());
    calls.remove(KVGrpc.getRangeStreamMethod().getFullMethodName());
    var reached =
        GatewayRoutes.all().values().stream()
            .map(route -> route.method().getFullMethodName())
            .collect(Collectors.toSet());
    assertThat(reached).isEqualTo(calls);
  }

  @Test
  void hasThePathsOfEtcdWithTheirSecondNames() {
    assertThat(GatewayRoutes.all()).hasSize(51);
    assertThat(GatewayRoutes.all().keySet()).allMatch(path -> path.startsWith("/v3/"));
  }

  @Test
  void readsEveryKindOfFieldThatRequestsHave() {
    for (GatewayRoute route : GatewayRoutes.all().values()) {
      Message request = route.requestPrototype();
      assertReadable(request.getDescriptorForType(), new HashSet<>());
    }
  }

  private static void assertReadable(Descriptor type, Set<Descriptor> seen) {
    if (!seen.add(type)) {
      return;
    }
    for (var field : type.getFields()) {
      assertThat(field.getJavaType()).isNotIn(JavaType.FLOAT, JavaType.DOUBLE);
      assertThat(field.isMapField()).isFalse();
      if (field.getJavaType() == JavaType.MESSAGE) {
        assertReadable(field.getMessageType(), seen);
      }
    }
  }
}
