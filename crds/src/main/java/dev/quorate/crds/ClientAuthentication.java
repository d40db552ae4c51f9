package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether clients have to show a certificate. */
public enum ClientAuthentication {
  @JsonProperty("Required")
  REQUIRED,
  @JsonProperty("Optional")
  OPTIONAL,
  @JsonProperty("None")
  NONE
}
