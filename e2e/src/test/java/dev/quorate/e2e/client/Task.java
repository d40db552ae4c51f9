package dev.quorate.e2e.client;

import java.util.Map;

/** Something that a client does over and over; what failed is tried again the next time. */
interface Task extends AutoCloseable {

  /** Makes one attempt and says whether it succeeded. */
  boolean attempt();

  Map<String, Integer> failures();

  @Override
  void close();
}
