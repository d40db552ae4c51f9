package dev.quorate.operator.secret;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.TlsMode;
import dev.quorate.operator.certificate.SecretNames;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.x509.CertificateRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One authority of the operator's own and what it signs.
 *
 * <p>There are two for a cluster: who signs for clients never signs for a member or the operator,
 * so that no certificate for a client, however it came about, opens the peer port.
 *
 * @param name what it calls itself, for people
 * @param leaves by name of their Secret
 */
record AuthoritySpec(
    Kind kind, String secret, String name, SortedMap<String, CertificateRequest> leaves) {
  /** Whose certificates it signs. */
  enum Kind {
    /** Members among themselves, and the operator. */
    PEERS,
    /** The operator alone; members have certificates of somebody else. */
    OPERATOR,
    /** What members show to clients, and clients to members. */
    CLIENTS
  }

  AuthoritySpec {
    leaves = Collections.unmodifiableSortedMap(new TreeMap<>(leaves));
  }

  static List<AuthoritySpec> of(RaftCluster cluster, SecretStore store) {
    String name = cluster.getMetadata().getName();
    var tls = cluster.getSpec().tls();
    var wanted = new ArrayList<AuthoritySpec>();
    boolean ownPeers = tls.providedForPeers() == null;
    var peers = new TreeMap<String, CertificateRequest>();
    // Without a host: nobody connects to the operator, and no member could be mistaken for it.
    peers.put(
        SecretNames.operator(name),
        new CertificateRequest(SecretNames.OPERATOR, List.of(), false, true));
    if (ownPeers) {
      peers.put(
          SecretNames.peer(name),
          new CertificateRequest(name + " member", store.memberHosts(), true, true));
    }
    wanted.add(
        new AuthoritySpec(
            ownPeers ? Kind.PEERS : Kind.OPERATOR,
            SecretNames.peerAuthority(name),
            name + " peer authority",
            peers));
    if (tls.mode() == TlsMode.MANAGED) {
      wanted.add(
          new AuthoritySpec(
              Kind.CLIENTS,
              SecretNames.clientAuthority(name),
              name + " client authority",
              new TreeMap<>(
                  Map.of(
                      SecretNames.server(name),
                      new CertificateRequest(name + " member", store.clientHosts(), true, false),
                      SecretNames.client(name),
                      new CertificateRequest(name + "-client", List.of(), false, true)))));
    }
    return wanted;
  }
}
