package dev.quorate.node.metrics;

import static dev.quorate.node.metrics.Samples.gauge;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.lang.management.ManagementFactory;
import java.util.List;

/** How many files and sockets are open, under the names that etcd has for it. */
final class OpenFiles {
  private OpenFiles() {}

  static List<MetricFamilySamples> samples() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? List.of(
            gauge("os_fd_used", "File descriptors in use.", unix.getOpenFileDescriptorCount()),
            gauge("os_fd_limit", "How many may be.", unix.getMaxFileDescriptorCount()))
        : List.of();
  }
}
