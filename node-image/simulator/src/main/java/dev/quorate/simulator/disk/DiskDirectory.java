package dev.quorate.simulator.disk;

import java.util.TreeMap;

/** Names, as programs see them and as a power cut would leave them. */
public final class DiskDirectory implements DiskNode {
  final TreeMap<String, DiskNode> names = new TreeMap<>();
  final TreeMap<String, DiskNode> durable = new TreeMap<>();
}
