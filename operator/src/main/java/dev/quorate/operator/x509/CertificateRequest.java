package dev.quorate.operator.x509;

import java.util.List;

/**
 * Whom a certificate is for.
 *
 * @param hosts names and addresses that it may answer for
 * @param server whether its owner is connected to
 * @param client whether its owner connects
 */
public record CertificateRequest(
    String commonName, List<String> hosts, boolean server, boolean client) {
  public CertificateRequest {
    hosts = List.copyOf(hosts);
  }
}
