package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a volume whose member is no longer wanted. */
public enum DeletionPolicy {
  @JsonProperty("Retain")
  RETAIN,
  @JsonProperty("Delete")
  DELETE
}
