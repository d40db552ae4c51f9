package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** One {@code http://host:port} or {@code https://host:port} as etcd's flags take it. */
public record NodeUrl(boolean secure, String host, int port) {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.%]+]|localhost");

  /** Reads a comma-separated list; {@code flag} is named in what is said about a bad one. */
  static List<NodeUrl> parseList(String flag, String text) throws ConfigException {
    var urls = new ArrayList<NodeUrl>();
    for (String part : text.split(",", -1)) {
      urls.add(parse(flag, part.strip()));
    }
    return Collections.unmodifiableList(urls);
  }

  static NodeUrl parse(String flag, String text) throws ConfigException {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException _) {
      throw malformed(flag, text, "is not a URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (scheme.equals("unix") || scheme.equals("unixs")) {
      throw malformed(flag, text, "uses " + scheme + ", which this version does not offer");
    }
    boolean secure = scheme.equals("https");
    if (!secure && !scheme.equals("http")) {
      throw malformed(flag, text, "does not start with http:// or https://");
    }
    if (uri.getHost() == null || uri.getPort() < 0) {
      throw malformed(flag, text, "has no host and port");
    }
    if (uri.getPort() > 65535) {
      throw malformed(flag, text, "has a port above 65535");
    }
    boolean more = uri.getRawQuery() != null || uri.getRawFragment() != null;
    if (more || uri.getRawUserInfo() != null || !isBlankPath(uri.getRawPath())) {
      throw malformed(flag, text, "has more than a host and a port");
    }
    return new NodeUrl(secure, uri.getHost(), uri.getPort());
  }

  private static boolean isBlankPath(String path) {
    return path.isEmpty() || path.equals("/");
  }

  private static ConfigException malformed(String flag, String text, String what) {
    return new ConfigException(
        "%s: \"%s\" %s: write it as http://HOST:PORT".formatted(flag, text, what));
  }

  /** As etcd: what is listened on is an address and never a name that may come to mean another. */
  void requireAddress(String flag) throws ConfigException {
    if (!ADDRESS.matcher(host).matches()) {
      throw new ConfigException(
          "%s: \"%s\" names a host: listen on an IP address, for example http://0.0.0.0:%d"
              .formatted(flag, this, port));
    }
  }

  /** Where to listen; only for a URL that passed {@link #requireAddress}. */
  public InetSocketAddress toSocketAddress() {
    return host.equals("localhost")
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : new InetSocketAddress(bareHost(), port);
  }

  /** The host, without the brackets of an address of IPv6. */
  String bareHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  static List<String> toStrings(List<NodeUrl> urls) {
    return urls.stream().map(NodeUrl::toString).toList();
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + host + ":" + port;
  }
}
