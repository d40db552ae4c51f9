package dev.quorate.node.tls;

import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * What a certificate calls its owner. Everybody who asks must read the same name: one who lets it
 * in by the first and one who takes it for a user by the last could both be led astray.
 */
public final class SubjectNames {
  private SubjectNames() {}

  /** The last one in the order of the certificate, as in Go; empty if there is none. */
  public static String of(X509Certificate certificate) {
    String last = "";
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    for (RDN part : subject.getRDNs()) {
      for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.CN)
            && attribute.getValue() instanceof ASN1String text) {
          last = text.getString();
        }
      }
    }
    return last;
  }
}
