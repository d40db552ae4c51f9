package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who signs, and who has to show a certificate. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.mode != 'Provided' || (has(self.client) && has(self.client.secretRef))",
    message =
        "tls.mode Provided needs tls.client.secretRef: name the Secret with tls.crt, tls.key and"
            + " ca.crt, or let the operator make the certificates with mode Managed")
@ValidationRule(
    value =
        "self.mode == 'Provided' || !((has(self.client) && has(self.client.secretRef))"
            + " || (has(self.peer) && has(self.peer.secretRef)))",
    message =
        "tls.client.secretRef and tls.peer.secretRef are for tls.mode Provided: leave them out")
@ValidationRule(
    value = "self.mode != 'Disabled' || !(has(self.client) || has(self.peer))",
    message =
        "tls.mode Disabled is plain text for everybody: leave tls.client and tls.peer out, or"
            + " choose another mode")
public record TlsSpec(
    @JsonPropertyDescription(
            "Managed: the operator makes an authority and certificates, and renews them. Provided:"
                + " they are in Secrets. Disabled: plain text. It cannot be changed later.")
        @Default("Managed")
        TlsMode mode,
    @JsonPropertyDescription("TLS between clients and members.") @Nullable ClientTlsSpec client,
    @JsonPropertyDescription("TLS between members.") @Nullable PeerTlsSpec peer) {
  public static final TlsSpec MANAGED = new TlsSpec(TlsMode.MANAGED, null, null);
  public static final TlsSpec DISABLED = new TlsSpec(TlsMode.DISABLED, null, null);

  public TlsSpec {
    mode = Objects.requireNonNullElse(mode, TlsMode.MANAGED);
  }

  /** Whether anything is encrypted. */
  public boolean on() {
    return mode != TlsMode.DISABLED;
  }

  /** Whether clients must show a certificate. */
  public ClientAuthentication authenticationOfClients() {
    return client == null ? ClientAuthentication.REQUIRED : client.clientAuthentication();
  }

  /** The Secret of somebody else that members show to clients; null if the operator makes one. */
  public @Nullable String providedForClients() {
    return client == null || client.secretRef() == null ? null : client.secretRef().name();
  }

  /** The Secret of somebody else that members show to each other; null likewise. */
  public @Nullable String providedForPeers() {
    return peer == null || peer.secretRef() == null ? null : peer.secretRef().name();
  }
}
