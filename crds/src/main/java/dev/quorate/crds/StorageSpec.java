package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** The volume that each member keeps its data on. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "isQuantity(string(self.size)) && quantity(string(self.size)).compareTo(quantity('16Mi'))"
            + " >= 0",
    message = "storage.size must be a size of at least 16Mi, for example 10Gi",
    fieldPath = ".size")
@ValidationRule(
    value =
        "!isQuantity(string(self.size)) ||"
            + " quantity(string(self.size)).compareTo(quantity(string(oldSelf.size))) >= 0",
    message =
        "storage.size cannot shrink: put the old size or a larger one, or make a new cluster with"
            + " smaller volumes",
    fieldPath = ".size")
@ValidationRule(
    value =
        "has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName)"
            + " || self.storageClassName == oldSelf.storageClassName)",
    message =
        "storage.storageClassName cannot be changed: put the old class back, or make a new cluster"
            + " with the class you want")
public record StorageSpec(
    @JsonPropertyDescription("Size of the volume of one member, for example 10Gi.") @Required
        Quantity size,
    @JsonPropertyDescription("Class of the volumes. Absent: the default class.")
        @Size(min = 1, max = 253)
        @Nullable String storageClassName) {}
