package dev.quorate.node;

import dev.quorate.node.replication.Replica;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node with its ports open, from {@link #start} to {@link #stop}. */
final class RunningNode {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final long ANSWERS_MILLISECONDS = 2000;
  private static final long STOP_SECONDS = 25;

  private final EventLoopGroup eventLoops;
  private final Node node;
  private final NodeServices services;
  private final NodePorts ports;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private RunningNode(NodeConfig config, NodeTls tls, NodeListener listener) {
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
    eventLoops =
        new MultiThreadIoEventLoopGroup(
            threads,
            Thread.ofPlatform().daemon().name("network-", 0).factory(),
            Sockets.HERE.loops());
    node = new Node(config, tls.towardsPeers(), eventLoops, listener);
    services = new NodeServices(node, tls);
    ports = new NodePorts(config, tls, eventLoops);
    tls.follow(node.timer());
  }

  /**
   * Reads the certificates, opens the ports and then the data, so that a used port leaves the data
   * untouched; whoever asks meanwhile is told that nobody serves yet.
   */
  static RunningNode start(NodeConfig config, NodeListener listener) throws StartException {
    var running = new RunningNode(config, NodeTls.open(config), listener);
    boolean started = false;
    try {
      running.ports.open(
          running.services.forClients(),
          running.services.beforeClients(),
          running.services.forPeers(),
          running.services.http(),
          running.services.httpThreads(),
          running.services.answerHeap(),
          running.node.metrics());
      running.node.open();
      LOG.info(
          "listening: clients on {}, peers on {}, metrics on {}",
          running.ports.clientPorts(),
          running.ports.peerPorts(),
          running.ports.metricsPorts());
      started = true;
      return running;
    } finally {
      if (!started) {
        running.release();
      }
    }
  }

  Node node() {
    return node;
  }

  NodePorts ports() {
    return ports;
  }

  /**
   * Hands leadership over and waits until that is confirmed, answers what was asked, syncs and lets
   * go of everything. Bounded; true if all went well.
   */
  boolean stop() {
    if (!node.life().terminated()) {
      return true;
    }
    LOG.info("stopping");
    boolean clean = true;
    try {
      handOver();
      ports.drainClients();
      node.watches().endAll();
      ports.awaitClients(ANSWERS_MILLISECONDS);
      node.stop().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.error(
          "the member did not stop cleanly; its log is whole, the next start repeats the rest", e);
      clean = false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      clean = false;
    }
    release();
    LOG.info("stopped");
    stopped.countDown();
    return clean;
  }

  /** Waits until somebody has stopped the node. */
  void awaitStop() {
    boolean done = false;
    while (!done) {
      try {
        stopped.await();
        done = true;
      } catch (InterruptedException _) {
        // Only a stop ends it.
      }
    }
  }

  /** While clients are still served, so that none of them meets a cluster without a leader. */
  private void handOver() {
    Replica replica = node.replica();
    if (replica == null) {
      return;
    }
    var raft = replica.status().raft();
    if (!raft.leads() || raft.configuration().voters().size() < 2) {
      return;
    }
    try {
      long leader = replica.transferLeadership(0).join();
      LOG.info("leadership is with member {} now", Long.toHexString(leader));
    } catch (CompletionException e) {
      LOG.warn("leadership was not handed over: {}", e.getMessage());
    }
  }

  private void release() {
    ports.closeNow();
    services.close();
    node.close();
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
