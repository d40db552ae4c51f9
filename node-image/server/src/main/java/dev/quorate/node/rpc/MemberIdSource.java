package dev.quorate.node.rpc;

import dev.quorate.node.kv.MemberTable;
import java.util.concurrent.ThreadLocalRandom;

/** Ids for members that are added: random, never 0, and never one that was used before. */
final class MemberIdSource {
  private MemberIdSource() {}

  static long next(MemberTable members) {
    long id;
    do {
      id = ThreadLocalRandom.current().nextLong();
    } while (id == 0 || members.member(id) != null || members.isRemoved(id));
    return id;
  }
}
