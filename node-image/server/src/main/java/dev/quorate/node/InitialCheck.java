package dev.quorate.node;

import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.peer.StateHash;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.replication.ClusterControl.Haste;
import dev.quorate.node.rpc.ServingMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what a member has on its disk with what the others hold at that revision, before it
 * serves anybody. As in etcd, whoever does not answer in time or has compacted something else is
 * not compared.
 */
final class InitialCheck {
  private static final Logger LOG = LoggerFactory.getLogger(InitialCheck.class);

  private InitialCheck() {}

  /**
   * Waits for the answers, but not for longer than the patience.
   *
   * @param end ends the member if another one holds something else
   * @throws StartException if another member holds something else
   */
  static void run(ServingMember member, Duration patience, Runnable end) throws StartException {
    var state = member.state().get();
    if (!(state.reads().hash(0) instanceof ApplyResult.Done(HashKVResponse own, long revision))) {
      throw new IllegalStateException("the newest revision cannot be read");
    }
    if (revision == 1) {
      return;
    }
    long self = member.control().identity().memberId();
    var answers = new TreeMap<Long, CompletableFuture<StateHash>>();
    for (Member other : state.members().list()) {
      if (other.getID() != self) {
        answers.put(
            other.getID(),
            member
                .control()
                .stateHash(other.getID(), revision, Haste.WAITED_FOR)
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS));
      }
    }
    var others = new ArrayList<String>();
    for (Map.Entry<Long, CompletableFuture<StateHash>> answer : answers.entrySet()) {
      if (differs(own, answer.getKey(), answer.getValue())) {
        others.add(Long.toHexString(answer.getKey()));
      }
    }
    if (!others.isEmpty()) {
      end.run();
      throw new StartException(
          "member %x holds something else at revision %d than %s: replace the member that is wrong"
              .formatted(self, revision, String.join(", ", others)));
    }
    LOG.info("no other member was found to differ at revision {}", revision);
  }

  private static boolean differs(HashKVResponse own, long id, CompletableFuture<StateHash> answer) {
    try {
      StateHash hash = answer.join();
      boolean comparable =
          !hash.getMissing()
              && !hash.getCompacted()
              && hash.getCompactRevision() == own.getCompactRevision();
      if (!comparable) {
        LOG.warn("member {} is behind, or has compacted more or less", Long.toHexString(id));
      }
      return comparable && hash.getHash() != own.getHash();
    } catch (CompletionException e) {
      LOG.warn(
          "member {} was not compared: {}", Long.toHexString(id), String.valueOf(e.getCause()));
      return false;
    }
  }
}
