package dev.quorate.node.http.gateway;

import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.lock.LockGrpc;
import io.grpc.MethodDescriptor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * etcd's paths ({@code google.api.http} in its protos). {@code KV.RangeStream} has none: it is for
 * gRPC alone.
 */
final class GatewayRoutes {
  private static final Map<String, GatewayRoute> ROUTES = new HashMap<>();

  static {
    add("/v3/kv/range", KVGrpc.getRangeMethod());
    add("/v3/kv/put", KVGrpc.getPutMethod());
    add("/v3/kv/deleterange", KVGrpc.getDeleteRangeMethod());
    add("/v3/kv/txn", KVGrpc.getTxnMethod());
    add("/v3/kv/compaction", KVGrpc.getCompactMethod());

    // A client without chunked requests ends its body at once and still wants to see events.
    ROUTES.put("/v3/watch", GatewayRoute.of(WatchGrpc.getWatchMethod(), false));

    add("/v3/lease/grant", LeaseGrpc.getLeaseGrantMethod());
    add("/v3/lease/revoke", LeaseGrpc.getLeaseRevokeMethod());
    add("/v3/kv/lease/revoke", LeaseGrpc.getLeaseRevokeMethod());
    add("/v3/lease/keepalive", LeaseGrpc.getLeaseKeepAliveMethod());
    add("/v3/lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
    add("/v3/kv/lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
    add("/v3/lease/leases", LeaseGrpc.getLeaseLeasesMethod());
    add("/v3/kv/lease/leases", LeaseGrpc.getLeaseLeasesMethod());

    add("/v3/cluster/member/add", ClusterGrpc.getMemberAddMethod());
    add("/v3/cluster/member/remove", ClusterGrpc.getMemberRemoveMethod());
    add("/v3/cluster/member/update", ClusterGrpc.getMemberUpdateMethod());
    add("/v3/cluster/member/list", ClusterGrpc.getMemberListMethod());
    add("/v3/cluster/member/promote", ClusterGrpc.getMemberPromoteMethod());

    add("/v3/maintenance/alarm", MaintenanceGrpc.getAlarmMethod());
    add("/v3/maintenance/status", MaintenanceGrpc.getStatusMethod());
    add("/v3/maintenance/defragment", MaintenanceGrpc.getDefragmentMethod());
    add("/v3/maintenance/hash", MaintenanceGrpc.getHashMethod());
    add("/v3/maintenance/hashkv", MaintenanceGrpc.getHashKVMethod());
    add("/v3/maintenance/snapshot", MaintenanceGrpc.getSnapshotMethod());
    add("/v3/maintenance/transfer-leadership", MaintenanceGrpc.getMoveLeaderMethod());
    add("/v3/maintenance/downgrade", MaintenanceGrpc.getDowngradeMethod());

    add("/v3/auth/enable", AuthGrpc.getAuthEnableMethod());
    add("/v3/auth/disable", AuthGrpc.getAuthDisableMethod());
    add("/v3/auth/status", AuthGrpc.getAuthStatusMethod());
    add("/v3/auth/authenticate", AuthGrpc.getAuthenticateMethod());
    add("/v3/auth/user/add", AuthGrpc.getUserAddMethod());
    add("/v3/auth/user/get", AuthGrpc.getUserGetMethod());
    add("/v3/auth/user/list", AuthGrpc.getUserListMethod());
    add("/v3/auth/user/delete", AuthGrpc.getUserDeleteMethod());
    add("/v3/auth/user/changepw", AuthGrpc.getUserChangePasswordMethod());
    add("/v3/auth/user/grant", AuthGrpc.getUserGrantRoleMethod());
    add("/v3/auth/user/revoke", AuthGrpc.getUserRevokeRoleMethod());
    add("/v3/auth/role/add", AuthGrpc.getRoleAddMethod());
    add("/v3/auth/role/get", AuthGrpc.getRoleGetMethod());
    add("/v3/auth/role/list", AuthGrpc.getRoleListMethod());
    add("/v3/auth/role/delete", AuthGrpc.getRoleDeleteMethod());
    add("/v3/auth/role/grant", AuthGrpc.getRoleGrantPermissionMethod());
    add("/v3/auth/role/revoke", AuthGrpc.getRoleRevokePermissionMethod());

    add("/v3/lock/lock", LockGrpc.getLockMethod());
    add("/v3/lock/unlock", LockGrpc.getUnlockMethod());

    add("/v3/election/campaign", ElectionGrpc.getCampaignMethod());
    add("/v3/election/proclaim", ElectionGrpc.getProclaimMethod());
    add("/v3/election/leader", ElectionGrpc.getLeaderMethod());
    add("/v3/election/observe", ElectionGrpc.getObserveMethod());
    add("/v3/election/resign", ElectionGrpc.getResignMethod());
  }

  private GatewayRoutes() {}

  private static void add(String path, MethodDescriptor<?, ?> method) {
    ROUTES.put(path, GatewayRoute.of(method, true));
  }

  static @Nullable GatewayRoute at(String path) {
    return ROUTES.get(path);
  }

  /** Every path with its call. */
  static Map<String, GatewayRoute> all() {
    return Map.copyOf(ROUTES);
  }
}
