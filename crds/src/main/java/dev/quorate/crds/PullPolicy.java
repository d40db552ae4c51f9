package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When a machine pulls an image; the words of Kubernetes. */
public enum PullPolicy {
  @JsonProperty("Always")
  ALWAYS,
  @JsonProperty("IfNotPresent")
  IF_NOT_PRESENT,
  @JsonProperty("Never")
  NEVER
}
