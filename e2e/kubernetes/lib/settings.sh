# shellcheck shell=bash
# Names and addresses of the test cluster, and the few functions that every other file of it uses.
#
# Everything the cluster starts is in one control group tree and one network namespace, both called like this. The first says
# surely which processes are ours, also when a process id file is lost; the second keeps links and packet rules off the machine.
# shellcheck disable=SC2034  # the files that source this one use these
{
  readonly GROUP=quorate-e2e
  readonly NETWORK=/run/netns/$GROUP
  readonly NODES=(worker-1 worker-2 worker-3)
  readonly ZONES=(a b c)
  readonly NODE_ADDRESSES=(10.99.0.1 10.99.0.2 10.99.0.3)
  readonly API_ADDRESS=10.99.0.1
  readonly SERVICE_NETWORK=10.97.0.0/16
  readonly SERVICE_API_ADDRESS=10.97.0.1
  readonly POD_NETWORK=10.98.0.0/16
  readonly DOMAIN=cluster.local
  readonly MARK=.quorate-e2e
  readonly PAUSE_IMAGE=quorate.dev/pause:dev
  readonly TOOLS_IMAGE=quorate.dev/e2e-tools:dev
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "cluster: $*"
  exit 1
}

# Marks the run folder as ours. One that holds something and is not marked is somebody else's: `down` would delete it.
claim_folder() {
  if [[ -d $RUN && ! -f $RUN/$MARK && -n $(ls -A "$RUN") ]]; then
    die "$RUN holds something that is not of this cluster, and 'down' deletes the folder: set QUORATE_E2E_DIR to a new one"
  fi
  mkdir -p "$RUN/logs"
  : >"$RUN/$MARK"
}

# Runs a program inside the cluster's network.
inside() { nsenter --net="$NETWORK" "$@"; }

kubectl_inside() { inside "$TOOLS/kubectl" --kubeconfig "$RUN/kubeconfig" "$@"; }

wait_until() { # SECONDS DESCRIPTION COMMAND...
  local deadline=$((SECONDS + $1)) limit=$1 description=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || {
      say "cluster: waited $limit s in vain until $description"
      return 1
    }
    sleep 0.2
  done
}

# The root folder of each control group hierarchy: one with version 2, several with version 1.
group_roots() {
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    printf '/sys/fs/cgroup\n'
  else
    awk '$3 == "cgroup" { print $2 }' /proc/mounts
  fi
}

# The same and, on a machine with both versions, the second one beside: runc leaves empty folders there, too.
all_group_roots() { awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts; }

# The hierarchy in which we look for our processes.
tracking_root() {
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    printf '/sys/fs/cgroup\n'
  else
    awk '$3 == "cgroup" && $4 ~ /(^|,)pids(,|$)/ { print $2; exit }' /proc/mounts
  fi
}

# Every process in our control groups, or in one of them.
group_processes() { # [SUBGROUP]
  local folder
  folder=$(tracking_root)/$GROUP${1:+/$1}
  [[ -d $folder ]] || return 0
  find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un
}

# Says whether the program that was started under a name runs; a process id that someone else has by now does not count.
is_running() { # NAME
  local process
  process=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  group_processes programs | grep -qx "$process"
}

# Starts a program in our control group and network, detached from the caller.
start_program() { # NAME PROGRAM ARGUMENT...
  local name=$1 procs
  shift
  is_running "$name" && return 0
  mkdir -p "$(dirname "$RUN/logs/$name")" "$(dirname "$RUN/$name")"
  procs=$(tracking_root)/$GROUP/programs/cgroup.procs
  (
    exec 9>&- </dev/null >>"$RUN/logs/$name.log" 2>&1
    echo "$BASHPID" >"$procs"
    exec setsid nsenter --net="$NETWORK" "$@"
  ) &
  printf '%s\n' "$!" >"$RUN/$name.pid"
}

stop_program() { # NAME [SIGNAL]
  local process
  if is_running "$1"; then
    process=$(cat "$RUN/$1.pid")
    kill "-${2:-TERM}" "$process" 2>/dev/null || true
    wait_until 10 "$1 (process $process) ends" process_gone "$process" || kill -KILL "$process" 2>/dev/null || true
  fi
  rm -f "$RUN/$1.pid"
}

process_gone() { ! group_processes | grep -qx "$1"; }
