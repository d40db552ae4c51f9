package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The members that {@code --initial-cluster} names, each with its peer URLs. */
public record InitialCluster(SortedMap<String, List<NodeUrl>> members) {
  private static final String FLAG = "--initial-cluster";

  public InitialCluster {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** Reads {@code name=url,name=url}; a name that stands there twice has two URLs. */
  static InitialCluster parse(String text) throws ConfigException {
    var members = new TreeMap<String, List<NodeUrl>>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw new ConfigException(
            "%s: \"%s\" is not of the form NAME=http://HOST:PORT".formatted(FLAG, part));
      }
      String name = part.substring(0, equals).strip();
      NodeUrl url = NodeUrl.parse(FLAG, part.substring(equals + 1).strip());
      members.computeIfAbsent(name, _ -> new ArrayList<>()).add(url);
    }
    requireDistinctUrls(members);
    return new InitialCluster(members);
  }

  private static void requireDistinctUrls(SortedMap<String, List<NodeUrl>> members)
      throws ConfigException {
    var owners = new TreeMap<String, String>();
    for (var member : members.entrySet()) {
      for (NodeUrl url : member.getValue()) {
        String other = owners.put(url.toString(), member.getKey());
        if (other != null) {
          throw new ConfigException(
              "%s: %s stands there twice, for %s and %s: every peer URL belongs to one member"
                  .formatted(FLAG, url, other, member.getKey()));
        }
      }
    }
  }

  static InitialCluster of(String name, List<NodeUrl> peerUrls) {
    var members = new TreeMap<String, List<NodeUrl>>();
    members.put(name, peerUrls);
    return new InitialCluster(members);
  }

  /** The URLs of one member, none if it is not named. */
  List<NodeUrl> urlsOf(String name) {
    return members.getOrDefault(name, List.of());
  }

  /** The URLs of all members but one. */
  List<String> urlsBeside(String name) {
    var urls = new ArrayList<String>();
    members.forEach(
        (other, otherUrls) -> {
          if (!other.equals(name)) {
            urls.addAll(NodeUrl.toStrings(otherUrls));
          }
        });
    return urls;
  }

  @Override
  public String toString() {
    var parts = new ArrayList<String>();
    members.forEach((name, urls) -> urls.forEach(url -> parts.add(name + "=" + url)));
    return String.join(",", parts);
  }
}
