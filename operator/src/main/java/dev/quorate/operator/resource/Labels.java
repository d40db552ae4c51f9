package dev.quorate.operator.resource;

import java.util.Map;
import java.util.TreeMap;

/** The labels that objects of a cluster carry and are found by. */
public final class Labels {
  public static final String NAME = "app.kubernetes.io/name";
  public static final String INSTANCE = "app.kubernetes.io/instance";
  public static final String COMPONENT = "app.kubernetes.io/component";
  public static final String PART_OF = "app.kubernetes.io/part-of";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** The member that an object belongs to; absent on what all members share. */
  public static final String MEMBER = "quorate.dev/member";

  private static final String NODE = "quorate-node";
  private static final String OPERATOR = "quorate-operator";

  /** What informers list by: every object of every cluster. */
  public static final String ALL_CLUSTERS = MANAGED_BY + "=" + OPERATOR + "," + NAME + "=" + NODE;

  private Labels() {}

  /** What selects the pods of a cluster; never changed, because selectors cannot be. */
  public static Map<String, String> selectorOf(String cluster) {
    return new TreeMap<>(Map.of(NAME, NODE, INSTANCE, cluster));
  }

  static Map<String, String> selectorOf(String cluster, String member) {
    var labels = selectorOf(cluster);
    labels.put(MEMBER, member);
    return labels;
  }

  static Map<String, String> of(String cluster) {
    var labels = selectorOf(cluster);
    labels.put(COMPONENT, "database");
    labels.put(PART_OF, "quorate");
    labels.put(MANAGED_BY, OPERATOR);
    return labels;
  }

  static Map<String, String> of(String cluster, String member) {
    var labels = of(cluster);
    labels.put(MEMBER, member);
    return labels;
  }

  /** The selector as text, for the scale subresource. */
  public static String selectorText(String cluster) {
    var text = new StringBuilder();
    selectorOf(cluster)
        .forEach(
            (key, value) ->
                text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return text.toString();
  }
}
