package dev.quorate.operator.certificate;

import java.util.List;

/** One write of one Secret. */
public sealed interface CertificateStep {
  /** Makes an authority that signs at once: nobody believes another one yet. */
  record MakeAuthority() implements CertificateStep {}

  /**
   * Makes the lost Secret of an authority again, with the next one in it.
   *
   * @param signing who signed last, and cannot any more
   * @param retired who else is believed
   */
  record AdoptAuthority(String signing, List<String> retired) implements CertificateStep {
    public AdoptAuthority {
      retired = List.copyOf(retired);
    }
  }

  /** Makes the next authority, which nobody believes yet. */
  record PrepareNext() implements CertificateStep {}

  /** Lets the next authority sign from now on. */
  record Promote() implements CertificateStep {}

  /** Forgets those who signed before. */
  record Retire() implements CertificateStep {}

  /**
   * Makes a certificate anew.
   *
   * @param byNext whether the next authority signs, because the present one cannot
   */
  record Issue(String leaf, boolean byNext) implements CertificateStep {}

  /** Leaves the certificate as it is and says whom to believe from now on. */
  record Distribute(String leaf) implements CertificateStep {}
}
