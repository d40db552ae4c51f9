package dev.quorate.node.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.tls.TlsSettings.KeyPairFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of files, and what is said about bad ones. */
final class PemFilesTest {
  @TempDir Path directory;

  @Test
  void keysOfBothKindsAreRead() throws Exception {
    var authority = new TestAuthority("ca", directory);
    for (var issued :
        new TestAuthority.Issued[] {authority.issue("ec"), authority.issueWithRsa("rsa")}) {
      var identity = Identity.read(new KeyPairFiles(issued.certificate(), issued.key()));
      assertThat(identity.certificate().getSerialNumber()).isEqualTo(issued.serial());
    }
  }

  @Test
  void certificatesMayFollowEachOtherWithTextBetweenThem() throws Exception {
    var authority = new TestAuthority("ca", directory);
    var chain =
        Files.writeString(
            directory.resolve("chain.pem"),
            "what openssl says of it\n"
                + Files.readString(authority.issue("one").certificate())
                + "\nand of this\n"
                + Files.readString(authority.certificate()));
    assertThat(PemFiles.certificates(chain)).hasSize(2);
  }

  @Test
  void theKeyMustBeTheCertificates() {
    var authority = new TestAuthority("ca", directory);
    var one = authority.issue("one");
    var two = authority.issueWithRsa("two");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> Identity.read(new KeyPairFiles(one.certificate(), two.key())))
        .withMessage(
            "%s is not the key of the certificate in %s".formatted(two.key(), one.certificate()));
  }

  @Test
  void whatIsWrongWithAFileIsSaid() throws Exception {
    var file = directory.resolve("file");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> PemFiles.certificates(file))
        .withMessage(file + " does not exist");
    Files.writeString(file, "nothing\n");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> PemFiles.certificates(file))
        .withMessage(file + " holds no certificate: it must be PEM with BEGIN CERTIFICATE");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> PemFiles.key(file))
        .withMessage(file + " holds no private key: it must be PEM with BEGIN ... PRIVATE KEY");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> PemFiles.revocations(file))
        .withMessageStartingWith(file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CERTIFICATE",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "X509 CRL"
      })
  void damagedFilesAreNamed(String kind) throws Exception {
    var file = directory.resolve("file");
    for (String content :
        new String[] {"AAAA", "@@@@", "A@BC", "AAA", "", "MIIB", "é", "A: b\n\nAA"}) {
      Files.writeString(
          file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, content));
      assertThatExceptionOfType(TlsException.class)
          .as(content)
          .isThrownBy(() -> PemFiles.certificates(file))
          .withMessageStartingWith(file + " ");
      assertThatExceptionOfType(TlsException.class)
          .as(content)
          .isThrownBy(() -> PemFiles.key(file))
          .withMessageStartingWith(file + " ");
      assertThatExceptionOfType(TlsException.class)
          .as(content)
          .isThrownBy(() -> PemFiles.revocations(file))
          .withMessageStartingWith(file + " ");
    }
  }

  @Test
  void namesMayBeginWithAStar() {
    assertThat(AllowedNames.matches("*.example.com", "a.example.com")).isTrue();
    assertThat(AllowedNames.matches("*.example.com", "a.b.example.com")).isFalse();
    assertThat(AllowedNames.matches("*.example.com", "example.com")).isFalse();
    assertThat(AllowedNames.matches("A.example.com", "a.EXAMPLE.com")).isTrue();
    assertThat(AllowedNames.matches("10.0.0.1", "10.0.0.1")).isTrue();
  }
}
