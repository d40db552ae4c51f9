package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.transport.PeerTransport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the transport's addresses as the members' table has them. */
final class Peers {
  private final long self;
  private final PeerTransport transport;
  private final Map<Long, List<String>> known = new HashMap<>();
  private final Set<Long> removed = new HashSet<>();

  Peers(long self, PeerTransport transport) {
    this.self = self;
    this.transport = transport;
  }

  void follow(MemberTable members) {
    known.keySet().retainAll(members.members().keySet());
    // The transport may know them from having been greeted, without this table's doing.
    for (long id : members.removed()) {
      if (removed.add(id)) {
        transport.removePeer(id);
      }
    }
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
