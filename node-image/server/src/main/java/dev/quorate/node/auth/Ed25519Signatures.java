package dev.quorate.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Set;

/** EdDSA by the JDK: the JWT library's own way needs one more library. */
final class Ed25519Signatures {
  private static final String ALGORITHM = "Ed25519";
  private static final Set<JWSAlgorithm> SUPPORTED = Set.of(JWSAlgorithm.EdDSA);

  private Ed25519Signatures() {}

  static final class Signer implements JWSSigner {
    private final PrivateKey key;
    private final JCAContext context = new JCAContext();

    Signer(PrivateKey key) {
      this.key = key;
    }

    @Override
    public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
      try {
        var signature = Signature.getInstance(ALGORITHM);
        signature.initSign(key);
        signature.update(input);
        return Base64URL.encode(signature.sign());
      } catch (GeneralSecurityException e) {
        throw new JOSEException(e.getMessage(), e);
      }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
      return SUPPORTED;
    }

    @Override
    public JCAContext getJCAContext() {
      return context;
    }
  }

  static final class Verifier implements JWSVerifier {
    private final PublicKey key;
    private final JCAContext context = new JCAContext();

    Verifier(PublicKey key) {
      this.key = key;
    }

    @Override
    public boolean verify(JWSHeader header, byte[] input, Base64URL signed) throws JOSEException {
      var critical = header.getCriticalParams();
      if (critical != null && !critical.isEmpty()) {
        // RFC 7515, section 4.1.11: nothing is understood here that a token could insist on.
        return false;
      }
      try {
        var signature = Signature.getInstance(ALGORITHM);
        signature.initVerify(key);
        signature.update(input);
        return signature.verify(signed.decode());
      } catch (SignatureException _) {
        // A signature that is not even one is as wrong as another.
        return false;
      } catch (GeneralSecurityException e) {
        throw new JOSEException(e.getMessage(), e);
      }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
      return SUPPORTED;
    }

    @Override
    public JCAContext getJCAContext() {
      return context;
    }
  }
}
