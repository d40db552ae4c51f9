# shellcheck shell=bash
# What the cluster takes from the machine: a network namespace with a bridge, and control groups.

create_network() {
  [[ -e $NETWORK ]] || ip netns add "$GROUP"
  ip -n "$GROUP" link set lo up
  if ! ip -n "$GROUP" link show knode0 >/dev/null 2>&1; then
    ip -n "$GROUP" link add knode0 type bridge
  fi
  local address
  for address in "${NODE_ADDRESSES[@]}"; do ip -n "$GROUP" addr replace "$address/24" dev knode0; done
  ip -n "$GROUP" link set knode0 up
  # Programs on the nodes reach Service addresses only if a route leads somewhere; kube-proxy then rewrites the packets.
  ip -n "$GROUP" route replace "$SERVICE_NETWORK" dev knode0 src "$API_ADDRESS"
  inside sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  # Pods of all nodes share a bridge: answers by way of a Service must pass the packet rules, too.
  modprobe br_netfilter 2>/dev/null || true
  inside sh -c 'test ! -e /proc/sys/net/bridge/bridge-nf-call-iptables || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables'
}

create_groups() {
  local root name
  while read -r root; do
    if [[ -f $root/cgroup.controllers ]]; then
      enable_controllers "$root"
      mkdir -p "$root/$GROUP"
      enable_controllers "$root/$GROUP"
    fi
    for name in "" /programs "${NODES[@]/#//}"; do
      mkdir -p "$root/$GROUP$name"
      copy_cpuset "$root/$GROUP$name"
    done
    weigh "$root/$GROUP"
  done < <(group_roots)
}

# All pods of all nodes together would otherwise count as much as a single program when the processors are busy.
weigh() { # FOLDER
  if [[ -f $1/cpu.shares ]]; then echo $((1024 * 4 * ${#NODES[@]})) >"$1/cpu.shares"; fi
  if [[ -f $1/cpu.weight ]]; then echo $((100 * 4 * ${#NODES[@]})) >"$1/cpu.weight"; fi
}

enable_controllers() { # FOLDER
  local controller
  for controller in $(<"$1/cgroup.controllers"); do
    echo "+$controller" >"$1/cgroup.subtree_control" 2>/dev/null || true
  done
}

# With version 1 a new cpuset is empty, and nothing can run in it before it has processors and memory.
copy_cpuset() { # FOLDER
  local setting
  for setting in cpuset.cpus cpuset.mems; do
    if [[ -f $1/$setting && -z $(<"$1/$setting") && -s $1/../$setting ]]; then cat "$1/../$setting" >"$1/$setting"; fi
  done
}

remove_groups() {
  local root
  while read -r root; do
    [[ -d $root/$GROUP ]] && find "$root/$GROUP" -depth -type d -exec rmdir {} + 2>/dev/null
  done < <(all_group_roots)
  return 0
}

remove_network() {
  [[ ! -e $NETWORK ]] || ip netns del "$GROUP"
  # `ip netns` mounts this folder on itself the first time; it goes if nobody else has a namespace there.
  if [[ -d /run/netns && -z $(ls -A /run/netns) ]] && ! was_there /run/netns; then
    umount /run/netns 2>/dev/null || true
    rmdir /run/netns 2>/dev/null || true
  fi
}

# Folders outside of the run folder in which containerd, kubelets and network plug-ins insist on writing.
readonly OUTSIDE=(/run/netns /run/containerd /var/lib/kubelet /var/lib/cni /var/log/containers /var/log/pods /etc/cni /opt/containerd)

# Notes which of them are older than the cluster: those are cleaned of our files only, the others are removed.
note_outside() {
  [[ -f $RUN/outside ]] && return 0
  local folder
  for folder in "${OUTSIDE[@]}"; do
    if [[ -e $folder ]]; then printf '%s\n' "$folder"; fi
  done >"$RUN/outside.new"
  mv "$RUN/outside.new" "$RUN/outside"
}

# Without a note nothing is known, and nothing is removed.
was_there() { [[ ! -f $RUN/outside ]] || grep -qx "$1" "$RUN/outside"; }

remove_outside() {
  local folder
  rm -rf /var/lib/cni/results/"$GROUP"-*
  [[ ! -d /var/log/containers ]] || find /var/log/containers -type l -lname "$RUN/*" -delete
  for folder in "${OUTSIDE[@]}"; do
    [[ $folder == /run/netns || ! -d $folder ]] || was_there "$folder" || rm -rf --one-file-system "$folder"
  done
}
