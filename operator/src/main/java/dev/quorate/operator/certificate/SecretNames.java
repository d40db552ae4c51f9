package dev.quorate.operator.certificate;

/** How the Secrets are called that the operator makes for a cluster. */
public final class SecretNames {
  /** What the operator calls itself in the certificate that opens Admin. */
  public static final String OPERATOR = "quorate-operator";

  private SecretNames() {}

  /** The authority behind members and the operator, with its key; mounted nowhere. */
  public static String peerAuthority(String cluster) {
    return cluster + "-peer-ca";
  }

  /** The authority behind what clients meet and show, with its key; mounted nowhere. */
  public static String clientAuthority(String cluster) {
    return cluster + "-client-ca";
  }

  /** What members show to each other. */
  public static String peer(String cluster) {
    return cluster + "-peer-tls";
  }

  /** What members show to clients. */
  public static String server(String cluster) {
    return cluster + "-server-tls";
  }

  /** What the operator shows to members; of it members see only whom to believe. */
  public static String operator(String cluster) {
    return cluster + "-operator-tls";
  }

  /** What clients may show to members. */
  public static String client(String cluster) {
    return cluster + "-client-tls";
  }
}
