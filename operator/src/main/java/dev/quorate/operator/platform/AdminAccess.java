package dev.quorate.operator.platform;

/**
 * What the operator needs to talk to members over TLS; all PEM.
 *
 * @param believed who signs for members
 */
public record AdminAccess(String believed, String certificate, String key) {
  @Override
  public String toString() {
    return "AdminAccess";
  }
}
