package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where the certificates of a cluster come from. */
public enum TlsMode {
  /** The operator makes an authority and certificates, and renews them. */
  @JsonProperty("Managed")
  MANAGED,
  /** Somebody else keeps them in Secrets, for example cert-manager. */
  @JsonProperty("Provided")
  PROVIDED,
  /** There are none: everything is plain text. */
  @JsonProperty("Disabled")
  DISABLED
}
