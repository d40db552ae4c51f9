package dev.quorate.node;

import dev.quorate.node.rpc.ServingMember;
import java.util.concurrent.ScheduledExecutorService;

/** What a member does by itself while it serves; it ends with the timer. */
final class MemberDuties {
  private MemberDuties() {}

  static void start(
      NodeConfig config, ServingMember member, SpaceWatch space, ScheduledExecutorService timer) {
    var clientUrls = NodeUrl.toStrings(config.advertiseClientUrls());
    new Publisher(member, config.name(), clientUrls, timer).start();
    var checks = config.checks();
    new CorruptionCheck(member, timer, CorruptionCheck.At.NEWEST, checks.interval()).start();
    new CorruptionCheck(member, timer, CorruptionCheck.At.COMPACTED, checks.compactInterval())
        .start();
    space.start(member, timer);
    AutoCompactor.start(config.compaction(), member, timer);
  }
}
