package dev.quorate.node.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of its names a certificate is called by, as Go has it. */
final class SubjectNamesTest {
  @TempDir Path directory;

  /** The subjects are written in the order in which they stand in the certificate. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=alice | alice",
        "CN=admin,CN=alice | alice",
        "CN=alice,O=here | alice",
        "O=here,CN=alice | alice",
        "O=here+CN=alice,OU=there | alice",
        "CN=admin+CN=alice | alice",
        "CN=a\\,b | a,b",
        "O=here | ''"
      })
  void theLastOneCounts(String subject, String expected) throws Exception {
    var authority = new TestAuthority("ca", directory);
    var issued = authority.issueFor("client", subject);
    var certificate = PemFiles.certificates(issued.certificate()).getFirst();
    assertThat(SubjectNames.of(certificate)).isEqualTo(expected);
  }
}
