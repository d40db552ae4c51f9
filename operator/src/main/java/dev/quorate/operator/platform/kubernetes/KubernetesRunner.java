package dev.quorate.operator.platform.kubernetes;

import dev.quorate.operator.reconcile.Reconciliation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator as a process on Kubernetes: waits for the Lease, then looks after clusters until it
 * is stopped or loses the Lease.
 *
 * <p>An operator that lost the Lease halts at once, because another may already act. One that is
 * told to stop first ends its work, then gives the Lease back.
 */
public final class KubernetesRunner implements AutoCloseable {
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final int THREADS_PER_PROCESSOR = 4;
  private static final int LOST_LEASE_EXIT_CODE = 1;
  private static final Logger log = LoggerFactory.getLogger(KubernetesRunner.class);

  private final KubernetesClient client;
  private final KubernetesSettings settings;
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ReconcileMetrics metrics = new ReconcileMetrics(registry);
  private final LeaderLease lease;
  private final HealthServer health;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Operator operator;
  private volatile boolean campaigning;
  private @Nullable Reconciliation reconciliation;
  private boolean closed;

  public KubernetesRunner(KubernetesClient client, KubernetesSettings settings) {
    this.client = client;
    this.settings = settings;
    // A restarted container keeps its pod's name and is another leader all the same.
    this.lease =
        new LeaderLease(
            client, settings.leaseNamespace(), settings.instance() + "_" + UUID.randomUUID());
    DefaultExports.register(registry);
    this.health = new HealthServer(settings.healthPort(), registry, this::problem, this::notReady);
  }

  /** Returns when {@link #close} was called, by a signal for example. */
  public void run() throws InterruptedException {
    requireCustomResource();
    log.info(
        "waiting for the lease {}/{}; health and metrics on port {}",
        settings.leaseNamespace(),
        LeaderLease.NAME,
        health.port());
    lease.campaign(this::lead, KubernetesRunner::halt);
    campaigning = true;
    stopped.await();
  }

  private void requireCustomResource() {
    String missing = InstallationCheck.missingResource(client, settings.namespaces());
    if (missing != null) {
      throw new IllegalStateException(missing);
    }
  }

  private synchronized void lead(long epoch) {
    if (closed) {
      return;
    }
    log.info("leading with fencing epoch {}", epoch);
    try {
      start(epoch);
      metrics.leading(true);
    } catch (RuntimeException e) {
      // Without leading there is nothing that this process is good for; it is started again.
      log.error("could not start to look after clusters", e);
      halt();
    }
  }

  private void start(long epoch) {
    var events = new ClusterEvents(client, InstantSource.system(), settings.instance());
    boolean seesMachines = MachineAccess.granted(client);
    metrics.seesMachines(seesMachines);
    var controller = new RaftClusterController(settings.images(), events, metrics, seesMachines);
    var begun =
        new Reconciliation(
            settings.times(), InstantSource.system(), epoch, controller::memberChanged);
    reconciliation = begun;
    controller.reconcileBy(begun);
    var started =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withMetrics(metrics)
                    .withExecutorService(threads())
                    .withParseResourceVersions(true)
                    .withStopOnInformerErrorDuringStartup(false)
                    .withReconciliationTerminationTimeout(STOP_TIMEOUT));
    started.register(
        controller,
        configuration -> {
          configuration
              .withFieldManager(ServerSideApply.FIELD_MANAGER)
              // The SDK's own filter sees the spec alone.
              .withGenerationAware(false)
              .withOnUpdateFilter(RaftClusterController::isEdited)
              // Also when a cluster is gone: its connections are closed then.
              .withTriggerReconcilerOnAllEvents(true)
              .withRetry(
                  new GenericRetry()
                      .withoutMaxAttempts()
                      .setInitialInterval(Duration.ofSeconds(1))
                      .setIntervalMultiplier(2)
                      .setMaxInterval(LONGEST_RETRY.toMillis()))
              .withReconciliationMaxInterval(LONGEST_REST);
          if (!settings.namespaces().isEmpty()) {
            configuration.settingNamespaces(settings.namespaces());
          }
          if (settings.namespaces().size() <= 1) {
            configuration.withItemStore(new SlimStore<>());
          }
        });
    operator = started;
    started.start();
  }

  /**
   * Passes wait for the API server and for members, so there are more threads than processors; many
   * more would make each pass slower and all of them no faster.
   */
  private ExecutorService threads() {
    var queue = new LinkedBlockingQueue<Runnable>();
    metrics.queue(queue);
    int threads = THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, queue);
  }

  /** What makes this process not healthy; standing by is healthy. */
  private String problem() {
    var running = operator;
    if (running == null || running.getRuntimeInfo().allEventSourcesAreHealthy()) {
      return "";
    }
    return "not watching: " + running.getRuntimeInfo().unhealthyEventSources().keySet();
  }

  /** What is missing before this process can lead or stand by. */
  private String notReady() {
    return campaigning ? "" : "waiting for the API server";
  }

  /** Not exit: shutdown hooks must not do anything in the name of a leadership that is over. */
  private static void halt() {
    log.error("the lease is lost: stopping at once, so that only its new holder acts");
    Runtime.getRuntime().halt(LOST_LEASE_EXIT_CODE);
  }

  /** Ends the work in hand, then gives the Lease back. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      var running = operator;
      if (running != null) {
        running.stop();
      }
      if (reconciliation != null) {
        reconciliation.close();
      }
    }
    lease.close();
    health.close();
    stopped.countDown();
  }
}
