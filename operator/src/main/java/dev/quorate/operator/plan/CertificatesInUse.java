package dev.quorate.operator.plan;

import java.util.List;

/**
 * Which certificates a node works with, by their SHA-256 in hexadecimal.
 *
 * @param toClients what it shows to clients; empty without TLS, as all the others
 * @param ofClients who signs for clients
 * @param toPeers what it shows to other members
 * @param ofPeers who signs for other members
 * @param ofOperator who signs for the operator
 */
public record CertificatesInUse(
    String toClients,
    List<String> ofClients,
    String toPeers,
    List<String> ofPeers,
    List<String> ofOperator) {
  public static final CertificatesInUse NONE =
      new CertificatesInUse("", List.of(), "", List.of(), List.of());

  public CertificatesInUse {
    ofClients = List.copyOf(ofClients);
    ofPeers = List.copyOf(ofPeers);
    ofOperator = List.copyOf(ofOperator);
  }
}
