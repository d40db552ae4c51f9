package dev.quorate.operator.resource;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Writes a size as the API server does: {@code 1024Mi} is {@code 1Gi}. What is applied would
 * otherwise differ from what is read back for ever, and be written again in every pass.
 */
final class CanonicalSize {
  private static final String SUFFIXES = "KMGTPE";

  private CanonicalSize() {}

  static Quantity of(Quantity size) {
    BigDecimal bytes = size.getNumericalAmount();
    String format = size.getFormat() == null ? "" : size.getFormat();
    boolean exponent = format.startsWith("e") || format.matches("E.+");
    if (exponent || bytes.stripTrailingZeros().scale() > 0) {
      return size;
    }
    boolean binary = format.endsWith("i");
    BigInteger unit = BigInteger.valueOf(binary ? 1024 : 1000);
    BigInteger amount = bytes.toBigIntegerExact();
    int power = 0;
    while (power < SUFFIXES.length() && amount.signum() > 0 && amount.mod(unit).signum() == 0) {
      amount = amount.divide(unit);
      power++;
    }
    return new Quantity(amount.toString(), suffix(power, binary));
  }

  private static String suffix(int power, boolean binary) {
    if (power == 0) {
      return "";
    }
    String letter = SUFFIXES.substring(power - 1, power);
    if (binary) {
      return letter + "i";
    }
    return power == 1 ? "k" : letter;
  }
}
