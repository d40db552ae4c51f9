package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of members whose volume cannot be made what the spec asks for. */
public enum VolumeChangePolicy {
  /** They keep it; a spec that asks for it is refused. */
  @JsonProperty("Refuse")
  REFUSE,
  /** They are replaced, one at a time, by members with such a volume. */
  @JsonProperty("Replace")
  REPLACE
}
