package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How members take over a spec that they were not made from. */
public enum UpdateStrategy {
  @JsonProperty("Rolling")
  ROLLING
}
