package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What each member asks of its machine, by resource name (cpu, memory). */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ResourcesSpec(
    @JsonPropertyDescription("What the machine must have free.") Map<String, Quantity> requests,
    @JsonPropertyDescription("What the member may use at most.") Map<String, Quantity> limits) {
  public ResourcesSpec {
    requests = sorted(Objects.requireNonNullElse(requests, Map.of()));
    limits = sorted(Objects.requireNonNullElse(limits, Map.of()));
  }

  private static Map<String, Quantity> sorted(Map<String, Quantity> resources) {
    return Collections.unmodifiableMap(new TreeMap<>(resources));
  }
}
