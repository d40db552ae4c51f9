package dev.quorate.operator.status;

import dev.quorate.operator.certificate.CertificateReport;
import java.util.List;

/**
 * How clients get at a cluster.
 *
 * @param endpoints where it is reached
 */
public record Access(List<String> endpoints, CertificateReport certificates) {
  public Access {
    endpoints = List.copyOf(endpoints);
  }
}
