# shellcheck shell=bash
# Stopping: everything that was started ends, everything that was taken from the machine is given back, and then we look.
#
# It never asks the API server, so it also works when half of the cluster did not start or was killed.

down() {
  claim_folder
  local node name
  for node in "${NODES[@]}"; do stop_program "$node/kubelet" KILL; done
  for name in provisioner proxy coredns scheduler controller-manager; do stop_program "$name" KILL; done
  for node in "${NODES[@]}"; do
    end_containers "$node" &
  done
  wait
  for node in "${NODES[@]}"; do stop_program "$node/containerd"; done
  stop_program api-server KILL
  stop_program etcd KILL
  kill_leftovers
  unmount_leftovers
  remove_shim_sockets
  remove_network
  remove_groups
  remove_outside
  show_leftovers || die "the cluster was stopped, but what is named above was left; try again with: $HERE/cluster down"
  rm -rf --one-file-system "$RUN"
  say "Kubernetes is stopped after $SECONDS s, nothing is left of it"
}

# What a half-killed cluster leaves: containers whose containerd is gone, shims, watches. The groups know them all.
kill_leftovers() {
  local process
  local -a left
  for _ in {1..100}; do
    mapfile -t left < <(our_processes)
    ((${#left[@]})) || return 0
    thaw
    for process in "${left[@]}"; do kill -KILL "$process" 2>/dev/null || true; done
    sleep 0.1
  done
}

# Also those that somebody started in the cluster's network by hand: they cannot reach anything any more.
our_processes() {
  group_processes
  [[ ! -e $NETWORK ]] || ip netns pids "$GROUP" | grep -vx -e "$$" -e "$PPID"
}

# A frozen container cannot die.
thaw() {
  local root
  while read -r root; do
    find "$root/$GROUP" -name freezer.state -exec sh -c 'for f; do echo THAWED >"$f"; done' _ {} + 2>/dev/null || true
    find "$root/$GROUP" -name cgroup.freeze -exec sh -c 'for f; do echo 0 >"$f"; done' _ {} + 2>/dev/null || true
  done < <(all_group_roots)
}

our_mounts() { awk -v run="$RUN/" 'index($2, run) == 1 { print $2 }' /proc/self/mounts | sort -r; }

unmount_leftovers() {
  local mount
  while read -r mount; do umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null || true; done < <(our_mounts)
}

# Shims put their sockets under /run/containerd whatever containerd's folders are, and note where.
remove_shim_sockets() {
  local file address
  while read -r file; do
    address=$(<"$file")
    [[ $address == unix:///run/containerd/s/* ]] && rm -f "${address#unix://}"
  done < <(find "$RUN" -path '*/containerd-state/*' -name address 2>/dev/null)
  return 0
}

# Prints everything of the cluster that is still there; fails if there is something.
show_leftovers() {
  local found=0 line
  while read -r line; do
    say "left: $line"
    found=1
  done < <(leftovers)
  return "$found"
}

leftovers() {
  local root folder process
  for process in $(group_processes); do printf 'process %s (%s)\n' "$process" "$(tr '\0' ' ' <"/proc/$process/cmdline" | cut -c1-100)"; done
  # The same question asked in another way, for what may have escaped the groups.
  pgrep -a -f -- "^[^ ]*(containerd|kube|etcd|coredns|provisioner)[^ ]* .*$RUN/" | cut -c1-100 | sed 's/^/process /'
  our_mounts | sed 's/^/mount /'
  [[ ! -e $NETWORK ]] || printf 'network namespace %s\n' "$NETWORK"
  ip -o link show 2>/dev/null | awk -F': ' '$2 ~ /^(knode0|kpods0)/ { print "link " $2 }'
  while read -r root; do [[ ! -d $root/$GROUP ]] || printf 'control group %s\n' "$root/$GROUP"; done < <(all_group_roots)
  iptables-save 2>/dev/null | awk '/^:(KUBE|CNI)-/ { print "packet chain " $1 }'
  for folder in "${OUTSIDE[@]}"; do
    if [[ -e $folder ]] && ! was_there "$folder"; then printf 'folder %s\n' "$folder"; fi
  done
}
