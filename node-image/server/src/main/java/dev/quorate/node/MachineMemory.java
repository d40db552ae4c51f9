package dev.quorate.node;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory that this process may count on. */
final class MachineMemory {
  private MachineMemory() {}

  /** The container's limit, if there is one; else what the machine has. */
  static long bytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
