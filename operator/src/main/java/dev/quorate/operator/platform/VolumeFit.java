package dev.quorate.operator.platform;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * How a member's volume compares with what is wanted.
 *
 * @param otherClass it is known to be of another class
 * @param difference what differs, for people; empty if nothing is known to
 * @param claimed what was asked for; null where that is not known
 */
public record VolumeFit(
    Size size, boolean otherClass, String difference, @Nullable Claimed claimed) {
  /** There is none, or nobody knows what it is; nothing is done on that ground. */
  public static final VolumeFit UNKNOWN = new VolumeFit(Size.UNKNOWN, false, "");

  public static final VolumeFit AS_WANTED = new VolumeFit(Size.AS_WANTED, false, "");

  /** One of which nobody knows how large it is. */
  public VolumeFit(Size size, boolean otherClass, String difference) {
    this(size, otherClass, difference, null);
  }

  /** What was asked for, compared with what is asked for now. */
  public enum Size {
    UNKNOWN,
    SMALLER,
    AS_WANTED,
    LARGER
  }

  /**
   * What a member's claim says.
   *
   * @param asked how large the volume is to be
   * @param present how large it is; null while there is none
   * @param classDifference how its class differs from the wanted one; empty if it does not
   */
  public record Claimed(Quantity asked, @Nullable Quantity present, String classDifference) {
    public long askedBytes() {
      return bytes(asked);
    }

    /** 0 while there is none. */
    public long presentBytes() {
      return present == null ? 0 : bytes(present);
    }
  }

  /**
   * Rounded up to whole bytes, as claims are; what is more than a number can say is that number.
   */
  public static long bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity)
        .setScale(0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValueExact();
  }

  /** How what was claimed compares with a size. */
  public static VolumeFit of(Claimed claimed, Quantity wanted) {
    var asked = claimed.asked();
    int order = Long.compare(bytes(asked), bytes(wanted));
    var differences = new ArrayList<String>();
    if (order != 0) {
      differences.add("has %s, and %s is wanted".formatted(asked, wanted));
    }
    if (!claimed.classDifference().isEmpty()) {
      differences.add(claimed.classDifference());
    }
    return new VolumeFit(
        order < 0 ? Size.SMALLER : order > 0 ? Size.LARGER : Size.AS_WANTED,
        !claimed.classDifference().isEmpty(),
        differences.isEmpty() ? "" : "its volume " + String.join(", and it ", differences),
        claimed);
  }

  /** The same volume compared with another size, as far as it is known. */
  public VolumeFit against(Quantity wanted) {
    return claimed == null ? this : of(claimed, wanted);
  }

  public boolean unknown() {
    return size == Size.UNKNOWN && !otherClass;
  }

  public boolean smaller() {
    return size == Size.SMALLER;
  }

  /** It is known not to be what is wanted. */
  public boolean differs() {
    return otherClass || smaller() || size == Size.LARGER;
  }

  /** It differs in what no volume can be changed in. */
  public boolean unchangeable() {
    return otherClass || size == Size.LARGER;
  }
}
