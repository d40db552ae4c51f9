package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.transport.PeerTransport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the transport's addresses as the members' table has them. */
final class Peers {
  private final long self;
  private final PeerTransport transport;
  private final Map<Long, List<String>> known = new HashMap<>();

  Peers(long self, PeerTransport transport) {
    this.self = self;
    this.transport = transport;
  }

  void follow(MemberTable members) {
    known
        .keySet()
        .removeIf(
            id -> {
              boolean gone = members.member(id) == null;
              if (gone) {
                transport.removePeer(id);
              }
              return gone;
            });
    members
        .members()
        .forEach(
            (id, member) -> {
              List<String> urls = List.copyOf(member.getPeerURLsList());
              if (id != self && !urls.equals(known.put(id, urls))) {
                transport.putPeer(id, urls);
              }
            });
  }
}
