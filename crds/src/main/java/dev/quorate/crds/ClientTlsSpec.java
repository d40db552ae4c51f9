package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** TLS between clients and members. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClientTlsSpec(
    @JsonPropertyDescription(
            "With mode Provided: the Secret with tls.crt and tls.key that members show to clients,"
                + " and ca.crt that signs for clients.")
        @Nullable LocalReference secretRef,
    @JsonPropertyDescription(
            "Whether clients must show a certificate: Required; Optional, where one that is shown"
                + " must be good; or None.")
        @Default("Required")
        ClientAuthentication clientAuthentication) {
  public ClientTlsSpec {
    clientAuthentication =
        Objects.requireNonNullElse(clientAuthentication, ClientAuthentication.REQUIRED);
  }
}
