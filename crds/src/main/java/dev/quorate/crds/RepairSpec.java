package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Objects;

/** What the operator does about members that do not come back by themselves. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RepairSpec(
    @JsonPropertyDescription(
            "Whether members that hang are restarted, and members that are lost are replaced by new"
                + " ones. While false the operator only reports them.")
        @Default("true")
        Boolean enabled,
    @JsonPropertyDescription(
            "For how long neither the leader nor the operator has reached a member when it is"
                + " replaced, if it cannot come back by itself: its machine does not answer, its"
                + " volume is on a machine that takes no pods, or restarts did not help.")
        @Default("120")
        @Min(10)
        @Max(86400)
        Integer unreachableAfterSeconds,
    @JsonPropertyDescription(
            "How many members are replaced within an hour at most, for whatever reason. What goes"
                + " on failing after that is for somebody to look at.")
        @Default("2")
        @Min(1)
        @Max(60)
        Integer maxReplacementsPerHour) {
  public static final RepairSpec DEFAULT = new RepairSpec(true, 120, 2);

  public RepairSpec {
    enabled = Objects.requireNonNullElse(enabled, true);
    unreachableAfterSeconds = Objects.requireNonNullElse(unreachableAfterSeconds, 120);
    maxReplacementsPerHour = Objects.requireNonNullElse(maxReplacementsPerHour, 2);
  }
}
