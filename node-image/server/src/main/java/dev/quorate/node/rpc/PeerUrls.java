package dev.quorate.node.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;

/** Whether addresses that a request gives for a member can be those of one. */
final class PeerUrls {
  private PeerUrls() {}

  static boolean valid(List<String> urls) {
    return !urls.isEmpty()
        && new HashSet<>(urls).size() == urls.size()
        && urls.stream().allMatch(PeerUrls::valid);
  }

  private static boolean valid(String url) {
    try {
      var uri = new URI(url);
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getPort() > 0
          && uri.getPort() < 65536
          && path.isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
