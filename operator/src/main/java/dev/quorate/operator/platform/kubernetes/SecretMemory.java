package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.SecretData;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Secrets held when they were read or written last, so that not every look at a cluster reads
 * all of them again. Nobody tells when a Secret changes, because the operator has no right to watch
 * those of everybody; so what is remembered is not trusted for long, and is only for reading: a
 * write names the version that it replaces, and fails if that is gone.
 */
final class SecretMemory {
  /** A cluster that something is done to is looked at many times in this time. */
  static final Duration BUSY = Duration.ofSeconds(30);

  /** While a cluster is at rest nothing is decided on its Secrets but when to renew them. */
  static final Duration AT_REST = Duration.ofHours(1);

  private record Entry(SecretData data, boolean own, Instant readAt) {}

  /** Of one cluster. */
  private static final class Remembered {
    final Map<String, Entry> entries = new HashMap<>();
    int edition;
    boolean atRest;
  }

  private final InstantSource clock;
  private final Map<String, Remembered> clusters = new HashMap<>();

  SecretMemory(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * What the Secret held, or holds now if that is too long ago; absence is not remembered.
   *
   * @param own whether it was found to be the cluster's own, which a foreign one is not
   */
  @Nullable SecretData recall(
      RaftCluster cluster, String name, boolean own, Supplier<@Nullable SecretData> live) {
    var known = remembered(cluster, name);
    if (known != null && (known.own() || !own)) {
      return known.data();
    }
    var data = live.get();
    return data == null ? null : keep(cluster, name, own, data);
  }

  private synchronized @Nullable Entry remembered(RaftCluster cluster, String name) {
    var of = of(cluster);
    var known = of.entries.get(name);
    var longest = of.atRest ? AT_REST : BUSY;
    return known == null || clock.instant().isAfter(known.readAt().plus(longest)) ? null : known;
  }

  /** Keeps what is there already if it is equal, so that what was read out of it stays with it. */
  synchronized SecretData keep(RaftCluster cluster, String name, boolean own, SecretData data) {
    var entries = of(cluster).entries;
    var before = entries.get(name);
    var kept = before != null && before.data().equals(data) ? before.data() : data;
    entries.put(name, new Entry(kept, own, clock.instant()));
    return kept;
  }

  /** Who edits a cluster, if only an annotation, may have edited its Secrets as well. */
  private Remembered of(RaftCluster cluster) {
    var meta = cluster.getMetadata();
    int edition = Objects.hash(meta.getGeneration(), meta.getAnnotations());
    var of = clusters.computeIfAbsent(meta.getUid(), _ -> new Remembered());
    if (of.edition != edition) {
      of.entries.clear();
      of.edition = edition;
    }
    return of;
  }

  /**
   * @param atRest whether nothing is wrong with the cluster and nothing is waited for
   */
  synchronized void looked(RaftCluster cluster, boolean atRest) {
    of(cluster).atRest = atRest;
  }

  /** The next read asks the API server. */
  synchronized void forget(RaftCluster cluster) {
    clusters.remove(cluster.getMetadata().getUid());
  }
}
