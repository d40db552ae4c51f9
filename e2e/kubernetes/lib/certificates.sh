# shellcheck shell=bash
# One certificate authority for the cluster, a certificate for each program, and a kubeconfig for each client.

create_certificates() {
  local folder=$RUN/certificates index
  [[ -f $folder/done ]] && return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  chmod 700 "$folder"
  new_key "$folder/ca.key"
  openssl req -x509 -new -key "$folder/ca.key" -subj /CN=quorate-e2e -days 3650 -out "$folder/ca.crt"
  new_key "$folder/service-account.key"
  openssl pkey -in "$folder/service-account.key" -pubout -out "$folder/service-account.pub"

  certificate api-server /CN=kube-apiserver \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.$DOMAIN,DNS:localhost,IP:127.0.0.1,IP:$API_ADDRESS,IP:$SERVICE_API_ADDRESS"
  certificate admin /O=system:masters/CN=admin
  certificate kubelet-client /O=system:masters/CN=kube-apiserver
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  certificate coredns /CN=system:coredns
  certificate provisioner /O=system:masters/CN=quorate-e2e-provisioner
  for index in "${!NODES[@]}"; do
    certificate "${NODES[index]}" "/O=system:nodes/CN=system:node:${NODES[index]}" "DNS:${NODES[index]},IP:${NODE_ADDRESSES[index]}"
  done

  local name
  for name in controller-manager scheduler proxy coredns provisioner "${NODES[@]}"; do kubeconfig "$name" "$folder/$name.kubeconfig"; done
  kubeconfig admin "$RUN/kubeconfig"
  touch "$folder/done"
}

new_key() { # FILE
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

certificate() { # NAME SUBJECT [ALTERNATIVE_NAMES]
  local file=$RUN/certificates/$1
  new_key "$file.key"
  openssl req -new -key "$file.key" -subj "$2" -out "$file.csr"
  openssl x509 -req -in "$file.csr" -CA "$RUN/certificates/ca.crt" -CAkey "$RUN/certificates/ca.key" -CAcreateserial -days 3650 -out "$file.crt" \
    -extfile <(printf 'keyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n%s\n' "${3:+subjectAltName=$3}") 2>/dev/null
}

kubeconfig() { # NAME FILE
  local folder=$RUN/certificates
  cat >"$2" <<CONFIG
apiVersion: v1
kind: Config
current-context: quorate-e2e
contexts: [{name: quorate-e2e, context: {cluster: quorate-e2e, user: $1}}]
clusters:
  - name: quorate-e2e
    cluster: {server: "https://$API_ADDRESS:6443", certificate-authority-data: $(base64 -w0 "$folder/ca.crt")}
users:
  - name: $1
    user: {client-certificate-data: $(base64 -w0 "$folder/$1.crt"), client-key-data: $(base64 -w0 "$folder/$1.key")}
CONFIG
  chmod 600 "$2"
}
