package dev.quorate.node.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@link PeerMetrics} under etcd's names, with ids in hexadecimal as etcd writes them. */
final class PeerCounters implements PeerMetrics {
  private static final double NANOSECONDS_PER_SECOND = 1e9;

  private final Counter sentBytes;
  private final Counter receivedBytes;
  private final Counter sendFailures;
  private final Counter receiveFailures;
  private final Histogram roundTrips;
  private final Gauge active;
  private final Counter disconnected;
  private final Gauge statesSent;
  private final Gauge statesNotSent;
  private final Gauge statesReceived;
  private final Gauge statesNotReceived;
  private final Map<Long, To> receivers = new ConcurrentHashMap<>();
  private final Map<Long, From> senders = new ConcurrentHashMap<>();

  PeerCounters(CollectorRegistry registry) {
    sentBytes = counter("sent_bytes", "Bytes sent to peers.", "To").register(registry);
    receivedBytes =
        counter("received_bytes", "Bytes received from peers.", "From").register(registry);
    sendFailures =
        counter("sent_failures", "Messages to peers that were dropped or lost.", "To")
            .register(registry);
    receiveFailures =
        counter("received_failures", "Messages of peers that could not be taken.", "From")
            .register(registry);
    roundTrips =
        Histogram.build(
                "etcd_network_peer_round_trip_time_seconds",
                "How long peers take to answer a probe.")
            .buckets(Buckets.doubling(0.0001, 16))
            .labelNames("To")
            .register(registry);
    active =
        Gauge.build("etcd_network_active_peers", "1 for a peer that answers, else 0.")
            .labelNames("Local", "Remote")
            .register(registry);
    disconnected =
        Counter.build(
                "etcd_network_disconnected_peers_total",
                "How often a peer that had answered did not any more.")
            .labelNames("Local", "Remote")
            .register(registry);
    statesSent = states("send_success", "States sent to peers.", "To").register(registry);
    statesNotSent =
        states("send_failures", "States that could not be sent.", "To").register(registry);
    statesReceived =
        states("receive_success", "States received from peers.", "From").register(registry);
    statesNotReceived =
        states("receive_failures", "States whose transfer broke.", "From").register(registry);
  }

  private static Counter.Builder counter(String name, String help, String label) {
    return Counter.build("etcd_network_peer_" + name + "_total", help).labelNames(label);
  }

  private static Gauge.Builder states(String name, String help, String label) {
    return Gauge.build("etcd_network_snapshot_" + name, help).labelNames(label);
  }

  @Override
  public ToPeer to(long local, long remote) {
    return receivers.computeIfAbsent(remote, id -> new To(local, id));
  }

  @Override
  public FromPeer from(long remote) {
    return senders.computeIfAbsent(remote, From::new);
  }

  private final class To implements ToPeer {
    private final long remoteId;
    private final String local;
    private final String remote;
    private final Counter.Child bytes;
    private final Counter.Child failures;
    private final Histogram.Child times;
    private final Gauge.Child present;
    private final Counter.Child losses;
    private final AtomicBoolean answers = new AtomicBoolean();

    To(long localId, long remoteId) {
      this.remoteId = remoteId;
      local = Long.toHexString(localId);
      remote = Long.toHexString(remoteId);
      bytes = sentBytes.labels(remote);
      failures = sendFailures.labels(remote);
      times = roundTrips.labels(remote);
      present = active.labels(local, remote);
      losses = disconnected.labels(local, remote);
    }

    @Override
    public void sent(long sentBytes) {
      bytes.inc((double) sentBytes);
    }

    @Override
    public void failed(int messages) {
      failures.inc(messages);
    }

    @Override
    public void answered(long roundTripNanoseconds) {
      times.observe(roundTripNanoseconds / NANOSECONDS_PER_SECOND);
    }

    @Override
    public void active() {
      if (answers.compareAndSet(false, true)) {
        present.set(1);
      }
    }

    @Override
    public void inactive() {
      if (answers.compareAndSet(true, false)) {
        present.set(0);
        losses.inc();
      }
    }

    @Override
    public void stateSent(boolean arrived) {
      (arrived ? statesSent : statesNotSent).labels(remote).inc();
    }

    /** Its counters stay as they are; but nobody should be alerted of a peer that is not there. */
    @Override
    public void removed() {
      receivers.remove(remoteId);
      active.remove(local, remote);
    }
  }

  private final class From implements FromPeer {
    private final String remote;
    private final Counter.Child bytes;
    private final Counter.Child failures;

    From(long remoteId) {
      remote = Long.toHexString(remoteId);
      bytes = receivedBytes.labels(remote);
      failures = receiveFailures.labels(remote);
    }

    @Override
    public void received(long receivedBytes) {
      bytes.inc((double) receivedBytes);
    }

    @Override
    public void failed() {
      failures.inc();
    }

    @Override
    public void stateReceived(boolean arrived) {
      (arrived ? statesReceived : statesNotReceived).labels(remote).inc();
    }
  }
}
