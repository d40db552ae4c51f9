package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Objects;

/** How the members take over another version, other settings, resources or pods. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UpdatesSpec(
    @JsonPropertyDescription(
            "Rolling: one member after the other, the leader last after it has handed over.")
        @Default("Rolling")
        UpdateStrategy strategy,
    @JsonPropertyDescription(
            "Whether each member must come back, catch up and hold the same as the others before the"
                + " next one, and is put back to what it was when it does not; then nothing more is"
                + " tried until the spec changes.")
        @Default("true")
        Boolean canary,
    @JsonPropertyDescription("How long a member may take for that before it is put back.")
        @Default("600")
        @Min(30)
        @Max(86400)
        Integer maxDurationSeconds) {
  public static final UpdatesSpec DEFAULT = new UpdatesSpec(UpdateStrategy.ROLLING, true, 600);

  public UpdatesSpec {
    strategy = Objects.requireNonNullElse(strategy, UpdateStrategy.ROLLING);
    canary = Objects.requireNonNullElse(canary, true);
    maxDurationSeconds = Objects.requireNonNullElse(maxDurationSeconds, 600);
  }
}
