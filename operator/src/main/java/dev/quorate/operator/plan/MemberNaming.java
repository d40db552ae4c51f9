package dev.quorate.operator.plan;

/** How members are named: the cluster's name, a dash, and a number that is never used again. */
public final class MemberNaming {
  private MemberNaming() {}

  public static String member(String cluster, int ordinal) {
    return cluster + "-" + ordinal;
  }

  /** The number in a member's name, or -1 if there is none. */
  public static int ordinal(String member) {
    var digits = member.substring(member.lastIndexOf('-') + 1);
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 9
            && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    return number ? Integer.parseInt(digits) : -1;
  }

  /** The number of a member of this cluster, or -1 if the name is not one of its members' names. */
  public static int ordinalIn(String cluster, String member) {
    return member.startsWith(cluster + "-") && member.lastIndexOf('-') == cluster.length()
        ? ordinal(member)
        : -1;
  }
}
