# shellcheck shell=bash
# What pods expect of a cluster: Service addresses (kube-proxy), names (CoreDNS) and volumes (a storage class and its provisioner).

start_services() {
  start_proxy
  start_coredns
  kubectl_inside apply -f "$HERE/storage-class.yaml" >/dev/null
  start_program provisioner "$HERE/provisioner" "$RUN" "$TOOLS/kubectl"
}

# All nodes are in one network namespace, so one kube-proxy serves them all.
start_proxy() {
  cat >"$RUN/proxy.yaml" <<CONFIG
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $RUN/certificates/proxy.kubeconfig}
clusterCIDR: $POD_NETWORK
hostnameOverride: ${NODES[0]}
bindAddress: $API_ADDRESS
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
CONFIG
  start_program proxy "$TOOLS/kube-proxy" --config "$RUN/proxy.yaml"
}

# Two blocks, because in one block the template would answer for the cluster's names, too.
start_coredns() {
  kubectl_inside apply -f "$HERE/coredns-access.yaml" >/dev/null
  cat >"$RUN/Corefile" <<CONFIG
$DOMAIN:53 in-addr.arpa:53 {
  bind $API_ADDRESS
  errors
  ready $API_ADDRESS:8181
  kubernetes $DOMAIN in-addr.arpa {
    kubeconfig $RUN/certificates/coredns.kubeconfig quorate-e2e
    ttl 1
  }
}
.:53 {
  bind $API_ADDRESS
  errors
  template ANY ANY {
    rcode NXDOMAIN
  }
}
CONFIG
  start_program coredns "$TOOLS/coredns" -conf "$RUN/Corefile"
}

nodes_ready() {
  local ready
  ready=$(kubectl_inside get nodes -o jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | grep -c True)
  ((ready == ${#NODES[@]}))
}

names_answered() { inside busybox nslookup "kubernetes.default.svc.$DOMAIN" "$API_ADDRESS"; }

default_account() { kubectl_inside get serviceaccount default; }
