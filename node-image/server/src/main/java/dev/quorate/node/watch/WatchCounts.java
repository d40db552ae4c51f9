package dev.quorate.node.watch;

import java.util.concurrent.atomic.LongAdder;

/** What the loops count, for metrics and limits; read from any thread. */
final class WatchCounts {
  final LongAdder streams = new LongAdder();
  final LongAdder watchers = new LongAdder();
  final LongAdder slowWatchers = new LongAdder();
  final LongAdder sentEvents = new LongAdder();
  final LongAdder heldEvents = new LongAdder();
}
