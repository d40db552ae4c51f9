package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node listens.
 *
 * @param http where HTTP/1 is served alone; if there are any, the URLs for clients serve none
 */
public record ListenUrls(
    List<NodeUrl> clients, List<NodeUrl> http, List<NodeUrl> peers, List<NodeUrl> metrics) {
  private static final String MANAGED_METRICS_URL = "http://0.0.0.0:2381";

  static ListenUrls from(FlagValues given, boolean managed) throws ConfigException {
    var metrics = given.given("listen-metrics-urls");
    return new ListenUrls(
        urls("--listen-client-urls", given.text("listen-client-urls")),
        optionalUrls("--listen-client-http-urls", given.given("listen-client-http-urls")),
        urls("--listen-peer-urls", given.text("listen-peer-urls")),
        optionalUrls(
            "--listen-metrics-urls",
            managed ? metrics.or(() -> Optional.of(MANAGED_METRICS_URL)) : metrics));
  }

  private static List<NodeUrl> urls(String flag, String text) throws ConfigException {
    var urls = NodeUrl.parseList(flag, text);
    for (NodeUrl url : urls) {
      url.requireAddress(flag);
    }
    return urls;
  }

  private static List<NodeUrl> optionalUrls(String flag, Optional<String> text)
      throws ConfigException {
    return text.isEmpty() || text.get().isEmpty() ? List.of() : urls(flag, text.get());
  }

  /** There is no https without a certificate. */
  void requireCertificates(boolean forClients, boolean forPeers) throws ConfigException {
    String certificate = "--cert-file and --key-file";
    requireCertificate("--listen-client-urls", clients, forClients, certificate);
    requireCertificate("--listen-client-http-urls", http, forClients, certificate);
    requireCertificate("--listen-metrics-urls", metrics, forClients, certificate);
    requireCertificate(
        "--listen-peer-urls", peers, forPeers, "--peer-cert-file and --peer-key-file");
  }

  private static void requireCertificate(
      String flag, List<NodeUrl> urls, boolean there, String needed) throws ConfigException {
    for (NodeUrl url : urls) {
      if (url.secure() && !there) {
        throw new ConfigException("%s: %s needs %s: give them".formatted(flag, url, needed));
      }
    }
  }

  /** On a plain port nobody could be told from anybody else. */
  void requireSecurePeers(String flag) throws ConfigException {
    for (NodeUrl url : peers) {
      if (!url.secure()) {
        throw new ConfigException(
            "%s: --listen-peer-urls has %s, where nobody shows a certificate: write https there"
                .formatted(flag, url));
      }
    }
  }

  /** All that have the certificate for clients. */
  List<NodeUrl> forClients() {
    return Stream.of(clients, http, metrics).flatMap(List::stream).toList();
  }

  List<String> clientHosts() {
    return forClients().stream().map(NodeUrl::bareHost).toList();
  }

  List<String> peerHosts() {
    return peers.stream().map(NodeUrl::bareHost).toList();
  }
}
