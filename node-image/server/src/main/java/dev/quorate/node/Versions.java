package dev.quorate.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which product this is, and which etcd API it says to be. */
public final class Versions {
  /**
   * What Maintenance.Status and /version tell etcd's clients; kube-apiserver asks for 3.5.8 or
   * newer before it uses all of Watch.
   */
  public static final String ETCD_API = "3.6.0";

  /** The cluster version that goes with it: members of one minor version work together. */
  public static final String ETCD_CLUSTER = "3.6.0";

  /**
   * The oldest version that can read what this one writes to disk. It goes up with any of the
   * formats, so that nobody is brought back to a version that could not start.
   */
  public static final String DATA_READABLE_FROM = "0.1.0";

  private static final String PRODUCT = read();

  private Versions() {}

  /** Our own version, as Maven knows it. */
  public static String product() {
    return PRODUCT;
  }

  private static String read() {
    try (var stream = Versions.class.getResourceAsStream("version.properties")) {
      var properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
