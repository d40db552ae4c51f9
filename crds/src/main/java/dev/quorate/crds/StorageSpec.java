package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Objects;
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
            + " quantity(string(self.size)).compareTo(quantity(string(oldSelf.size))) >= 0"
            + StorageSpec.MAY_REPLACE,
    message =
        "storage.size cannot shrink while the members stay: put the old size or a larger one, or set"
            + " storage.changePolicy: Replace, and members are replaced one at a time by members"
            + " with smaller volumes (docs/storage.md)",
    fieldPath = ".size")
@ValidationRule(
    value =
        "has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName)"
            + " || self.storageClassName == oldSelf.storageClassName)"
            + StorageSpec.MAY_REPLACE,
    message =
        "storage.storageClassName cannot be changed while the members stay: put the old class back,"
            + " or set storage.changePolicy: Replace, and members are replaced one at a time by"
            + " members with volumes of the new class (docs/storage.md)")
@ValidationRule(
    value =
        "!has(self.autogrow) || !isQuantity(string(self.size))"
            + " || !isQuantity(string(self.autogrow.maxSize))"
            + " || quantity(string(self.autogrow.maxSize)).compareTo(quantity(string(self.size)))"
            + " >= 0",
    message =
        "storage.autogrow.maxSize must be storage.size or more: raise it, or leave storage.autogrow"
            + " out",
    fieldPath = ".autogrow.maxSize")
public record StorageSpec(
    @JsonPropertyDescription(
            "Size of the volume of one member, for example 10Gi; with autogrow what it has at least.")
        @Required
        Quantity size,
    @JsonPropertyDescription("Class of the volumes. Absent: the default class.")
        @Size(min = 1, max = 253)
        @Nullable String storageClassName,
    @JsonPropertyDescription(
            "What is done where a volume cannot be made as wanted, because it is larger, of another"
                + " class, or of one that does not let it grow. Refuse: nothing, and a smaller size"
                + " or another class are refused. Replace: the members are replaced one at a time by"
                + " new ones; deletionPolicy says what becomes of the old volumes.")
        @Default("Refuse")
        VolumeChangePolicy changePolicy,
    @JsonPropertyDescription(
            "Lets the volumes grow by themselves when one is nearly full. All of them are as large"
                + " as the largest then, which their claims tell; size stays as it is written here."
                + " Before this is taken away again set size to what the claims ask for. Members"
                + " whose volumes are directories of one machine have nothing that could grow.")
        @Nullable AutogrowSpec autogrow) {
  /** The policy of before counts as well, so that a change can be taken back together with it. */
  static final String MAY_REPLACE =
      " || (has(self.changePolicy) && self.changePolicy == 'Replace')"
          + " || (has(oldSelf.changePolicy) && oldSelf.changePolicy == 'Replace')";

  public StorageSpec {
    changePolicy = Objects.requireNonNullElse(changePolicy, VolumeChangePolicy.REFUSE);
  }

  /** Volumes that may grow, and are not changed otherwise. */
  public StorageSpec(Quantity size, @Nullable String storageClassName) {
    this(size, storageClassName, VolumeChangePolicy.REFUSE);
  }

  /** Volumes that grow only when the size is edited. */
  public StorageSpec(
      Quantity size, @Nullable String storageClassName, VolumeChangePolicy changePolicy) {
    this(size, storageClassName, changePolicy, null);
  }

  /** The same with another size. */
  public StorageSpec withSize(Quantity other) {
    return new StorageSpec(other, storageClassName, changePolicy, autogrow);
  }
}
