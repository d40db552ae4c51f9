package dev.quorate.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.operator.certificate.AuthorityFacts;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CertificateReadingsTest {
  private static final AuthorityFacts FACTS =
      new AuthorityFacts(
          null, null, List.of(), new TreeSet<>(), new TreeMap<>(), List.of(), List.of());

  private final CertificateReadings readings = new CertificateReadings();
  private final SecretData own = data("own", "1");
  private int read;

  private static SecretData data(String text, String version) {
    return new SecretData(new TreeMap<>(Map.of("tls.crt", text)), version);
  }

  private AuthorityFacts facts(SecretData authority, String memberHost, SecretData leaf)
      throws PemException {
    var spec =
        new AuthoritySpec(AuthoritySpec.Kind.PEERS, "demo-peer-ca", memberHost, new TreeMap<>());
    return readings.facts(
        authority,
        new CertificateReadings.Source(spec, Map.of("demo-peer-tls", leaf)),
        () -> {
          read++;
          return FACTS;
        });
  }

  private static AuthorityFacts rubbish() throws PemException {
    PemReader.certificates("rubbish");
    return FACTS;
  }

  @Test
  void readsEqualContentOnce() throws PemException {
    for (int look = 0; look < 3; look++) {
      assertThat(facts(own, "a", data("leaf", "1"))).isEqualTo(FACTS);
    }
    assertThat(read).isEqualTo(1);
  }

  @Test
  void readsAgainWhateverChanged() throws PemException {
    facts(own, "a", data("leaf", "1"));
    facts(own, "a", data("leaf", "2"));
    facts(own, "b", data("leaf", "2"));
    facts(data("other", "1"), "b", data("leaf", "2"));
    assertThat(read).isEqualTo(4);
  }

  @Test
  void whatCannotBeReadIsReadAgain() throws PemException {
    var spec = new AuthoritySpec(AuthoritySpec.Kind.PEERS, "demo-peer-ca", "a", new TreeMap<>());
    var source = new CertificateReadings.Source(spec, Map.of("demo-peer-tls", data("leaf", "1")));
    assertThatExceptionOfType(PemException.class)
        .isThrownBy(() -> readings.facts(own, source, CertificateReadingsTest::rubbish));
    facts(own, "a", data("leaf", "1"));
    assertThat(read).isEqualTo(1);
  }
}
