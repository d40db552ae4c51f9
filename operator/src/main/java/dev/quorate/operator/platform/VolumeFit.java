package dev.quorate.operator.platform;

/**
 * How a member's volume compares with what the spec asks for.
 *
 * @param otherClass it is known to be of another class
 * @param difference what differs, for people; empty if nothing is known to
 */
public record VolumeFit(Size size, boolean otherClass, String difference) {
  /** There is none, or nobody knows what it is; nothing is done on that ground. */
  public static final VolumeFit UNKNOWN = new VolumeFit(Size.UNKNOWN, false, "");

  public static final VolumeFit AS_WANTED = new VolumeFit(Size.AS_WANTED, false, "");

  /** What was asked for, compared with what is asked for now. */
  public enum Size {
    UNKNOWN,
    SMALLER,
    AS_WANTED,
    LARGER
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
