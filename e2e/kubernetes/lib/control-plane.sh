# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager and kube-scheduler: one process each.

start_control_plane() {
  start_etcd
  start_api_server
  wait_until 60 "the API server is ready" api_ready || return 1
  start_controller_manager
  start_scheduler
}

api_ready() { kubectl_inside get --raw /readyz; }

# The API server's store is thrown away with the cluster, so it does not wait for the disk.
start_etcd() {
  start_program etcd "$TOOLS/etcd" --name e2e --data-dir "$RUN/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:32379 --advertise-client-urls http://127.0.0.1:32379 \
    --listen-peer-urls http://127.0.0.1:32380 --initial-advertise-peer-urls http://127.0.0.1:32380 --initial-cluster e2e=http://127.0.0.1:32380
}

# What Quorate's operator asks of the API server, and nobody else: a test counts it.
write_audit_policy() {
  cat >"$RUN/audit-policy.yaml" <<POLICY
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, users: ['system:serviceaccount:quorate-system:quorate-operator']}
- {level: None}
POLICY
}

start_api_server() {
  local certificates=$RUN/certificates
  write_audit_policy
  start_program api-server "$TOOLS/kube-apiserver" \
    --etcd-servers=http://127.0.0.1:32379 \
    --advertise-address="$API_ADDRESS" --secure-port=6443 --service-cluster-ip-range="$SERVICE_NETWORK" \
    --audit-policy-file="$RUN/audit-policy.yaml" --audit-log-path="$RUN/logs/audit.log" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged \
    --client-ca-file="$certificates/ca.crt" \
    --tls-cert-file="$certificates/api-server.crt" --tls-private-key-file="$certificates/api-server.key" \
    --kubelet-client-certificate="$certificates/kubelet-client.crt" --kubelet-client-key="$certificates/kubelet-client.key" \
    --kubelet-certificate-authority="$certificates/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer="https://kubernetes.default.svc.$DOMAIN" \
    --service-account-key-file="$certificates/service-account.pub" --service-account-signing-key-file="$certificates/service-account.key"
}

start_controller_manager() {
  local certificates=$RUN/certificates
  start_program controller-manager "$TOOLS/kube-controller-manager" \
    --kubeconfig="$certificates/controller-manager.kubeconfig" --leader-elect=false --bind-address=127.0.0.1 \
    --use-service-account-credentials --service-account-private-key-file="$certificates/service-account.key" \
    --root-ca-file="$certificates/ca.crt" \
    --cluster-signing-cert-file="$certificates/ca.crt" --cluster-signing-key-file="$certificates/ca.key" \
    --node-monitor-grace-period=16s
}

start_scheduler() {
  start_program scheduler "$TOOLS/kube-scheduler" \
    --kubeconfig="$RUN/certificates/scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1
}
