package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Objects;

/** How volumes grow by themselves before they are full. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "isQuantity(string(self.maxSize))",
    message = "storage.autogrow.maxSize must be a size, for example 100Gi",
    fieldPath = ".maxSize")
@ValidationRule(
    value = "self.whenUsedPercent % 5 == 0",
    message =
        "storage.autogrow.whenUsedPercent must be a multiple of 5, for example 75 or 80, because"
            + " members tell in such steps how much is used",
    fieldPath = ".whenUsedPercent")
public record AutogrowSpec(
    @JsonPropertyDescription(
            "How large volumes become at most, for example 100Gi. Those that are larger by then"
                + " count like ones that are larger than storage.size.")
        @Required
        Quantity maxSize,
    @JsonPropertyDescription(
            "How much of a member's volume is used when all volumes of the cluster grow: a multiple"
                + " of 5.")
        @Default("80")
        @Min(50)
        @Max(95)
        Integer whenUsedPercent,
    @JsonPropertyDescription(
            "By how much they grow at a time, of what they are; rounded up to whole MiB, and from"
                + " 10Gi on to whole GiB.")
        @Default("25")
        @Min(10)
        @Max(100)
        Integer stepPercent) {
  public AutogrowSpec {
    whenUsedPercent = Objects.requireNonNullElse(whenUsedPercent, 80);
    stepPercent = Objects.requireNonNullElse(stepPercent, 25);
  }
}
