package dev.quorate.e2e.client;

import java.util.Map;

/** Something that a client does over and over; what failed is tried again the next time. */
interface Task extends AutoCloseable {

  /** Makes one attempt and says whether it succeeded. */
  boolean attempt();

  /** How often each failure of an attempt was seen. */
  Map<String, Integer> failures();

  RequestTally tally();

  @Override
  void close();
}
