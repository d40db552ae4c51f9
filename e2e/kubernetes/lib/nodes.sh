# shellcheck shell=bash
# The nodes: each has a containerd and a kubelet of its own, with its own folders, control group and address.

node_index() { # NAME
  local index
  for index in "${!NODES[@]}"; do
    if [[ ${NODES[index]} == "$1" ]]; then
      printf '%s\n' "$index"
      return 0
    fi
  done
  die "there is no node '$1'; the nodes are: ${NODES[*]}"
}

node_ctr() { # NODE ARGUMENT...
  local node=$1
  shift
  ctr --address "$RUN/$node/containerd.sock" --namespace k8s.io "$@"
}

write_network_plugins() {
  mkdir -p "$RUN/cni"
  cat >"$RUN/cni/quorate-e2e.conflist" <<CONFIG
{
  "cniVersion": "1.0.0",
  "name": "$GROUP",
  "plugins": [
    {
      "type": "bridge", "bridge": "kpods0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": "$POD_NETWORK"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "$RUN/cni/addresses"}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
CONFIG
  # What pods with the node's DNS settings get: the cluster's server, which knows nothing of the world.
  printf 'nameserver %s\n' "$API_ADDRESS" >"$RUN/resolv.conf"
}

# restrict_oom_score_adj: where the kernel refuses to lower the score (no CAP_SYS_RESOURCE) no pod would start.
start_containerd() { # NODE
  local folder=$RUN/$1
  mkdir -p "$folder"
  cat >"$folder/containerd.toml" <<CONFIG
version = 2
root = "$folder/containerd"
state = "$folder/containerd-state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$folder/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$folder/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$RUN/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$folder/runc"
CONFIG
  start_program "$1/containerd" containerd --config "$folder/containerd.toml"
}

write_kubelet_config() { # NODE
  local folder=$RUN/$1 address=${NODE_ADDRESSES[$(node_index "$1")]}
  cat >"$folder/kubelet.yaml" <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
healthzBindAddress: $address
containerRuntimeEndpoint: unix://$folder/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$GROUP/$1
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
nodeStatusUpdateFrequency: 4s
syncFrequency: 10s
clusterDNS: [$API_ADDRESS]
clusterDomain: $DOMAIN
resolvConf: $RUN/resolv.conf
podLogsDir: $folder/pod-logs
volumePluginDir: $folder/volume-plugins
tlsCertFile: $RUN/certificates/$1.crt
tlsPrivateKeyFile: $RUN/certificates/$1.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $RUN/certificates/ca.crt}}
authorization: {mode: Webhook}
protectKernelDefaults: false
CONFIG
}

# Every kubelet empties this folder when it starts and then listens there; no setting moves it. Of two that do so at the same moment
# one finds the other's socket and ends, so they start one after the other, each when the one before it listens.
readonly DEVICE_SOCKET=/var/lib/kubelet/device-plugins/kubelet.sock

start_kubelet() { # NODE
  (
    exec 8>"$RUN/kubelet-start.lock"
    flock -w 120 8 || die "other kubelets have been starting for two minutes"
    is_running "$1/kubelet" && exit 0
    rm -f "$DEVICE_SOCKET"
    run_kubelet "$1" 8>&-
    wait_until 30 "the kubelet of $1 listens" test -S "$DEVICE_SOCKET"
  )
}

run_kubelet() { # NODE
  local index
  index=$(node_index "$1")
  write_kubelet_config "$1"
  start_program "$1/kubelet" "$TOOLS/kubelet" --config "$RUN/$1/kubelet.yaml" --root-dir "$RUN/$1/kubelet" \
    --kubeconfig "$RUN/certificates/$1.kubeconfig" --hostname-override "$1" --node-ip "${NODE_ADDRESSES[index]}" \
    --node-labels "topology.kubernetes.io/zone=${ZONES[index]},topology.kubernetes.io/region=e2e"
}

start_node() { # NODE
  start_containerd "$1"
  wait_until 20 "containerd of $1 answers" node_ctr "$1" version || return 1
  if ! node_ctr "$1" images check -q "name==$PAUSE_IMAGE" 2>/dev/null | grep -q .; then
    import_image "$1" "$RUN/images/pause.tar" || return 1
    import_image "$1" "$RUN/images/e2e-tools.tar" || return 1
  fi
  start_kubelet "$1"
}

import_image() { # NODE TAR
  node_ctr "$1" images import "$2" >>"$RUN/logs/images.log" 2>&1 || die "could not import $2 into $1; see $RUN/logs/images.log"
}

# As if the machine lost its power: no process of the node gets to say goodbye.
power_off() { # NODE
  local process
  for process in $(group_processes "$1") $(cat "$RUN/$1/kubelet.pid" "$RUN/$1/containerd.pid" 2>/dev/null) $(node_shims "$1"); do
    kill -KILL "$process" 2>/dev/null || true
  done
  rm -f "$RUN/$1/kubelet.pid" "$RUN/$1/containerd.pid"
}

# The container shims of a node run beside containerd, told apart by the socket that they report to.
node_shims() { # NODE
  local process
  for process in $(group_processes programs); do
    if tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | grep -q -- "containerd-shim.* -address $RUN/$1/containerd.sock"; then
      printf '%s\n' "$process"
    fi
  done
}

# Ends the containers of a node whose kubelet has ended, and their shims with them.
end_containers() { # NODE
  local -a tasks
  is_running "$1/containerd" || return 0
  mapfile -t tasks < <(timeout 10 ctr --address "$RUN/$1/containerd.sock" --namespace k8s.io tasks list -q 2>/dev/null)
  ((${#tasks[@]})) || return 0
  timeout 20 ctr --address "$RUN/$1/containerd.sock" --namespace k8s.io tasks delete --force "${tasks[@]}" >>"$RUN/logs/down.log" 2>&1 || true
}
