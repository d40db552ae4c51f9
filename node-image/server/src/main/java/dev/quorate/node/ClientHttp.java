package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import dev.quorate.node.http.HttpAccess;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Set;

/**
 * What clients get over HTTP/1.
 *
 * @param gateway whether {@code /v3/...} is served beside the pages
 * @param access whose web pages may ask
 */
public record ClientHttp(boolean gateway, HttpAccess access) {
  private static final String ALL = "*";

  static ClientHttp from(FlagValues given) throws ConfigException {
    var origins = new HashSet<String>();
    for (String origin : given.list("cors")) {
      if (!isOrigin(origin)) {
        throw new ConfigException(
            "--cors: \"%s\" is not an origin: write it as http://HOST:PORT, or * for all"
                .formatted(origin));
      }
      origins.add(origin);
    }
    return new ClientHttp(
        given.isTrue("enable-grpc-gateway"),
        new HttpAccess(origins, Set.copyOf(given.list("host-whitelist"))));
  }

  /** Browsers leave out the port that is the usual one. */
  private static boolean isOrigin(String text) {
    if (text.equals(ALL)) {
      return true;
    }
    try {
      var uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return web && uri.getHost() != null && text.endsWith("://" + uri.getRawAuthority());
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
