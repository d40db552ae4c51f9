package dev.quorate.node;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.rpc.ServingMember;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a started member's name and client URLs known to its cluster, and tries until they are. */
final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final long FIRST_MILLISECONDS = 20;
  private static final long SLOWEST_MILLISECONDS = 1000;

  private final ServingMember member;
  private final String name;
  private final List<String> clientUrls;
  private final ScheduledExecutorService timer;
  private long pauseMilliseconds = FIRST_MILLISECONDS;

  Publisher(
      ServingMember member, String name, List<String> clientUrls, ScheduledExecutorService timer) {
    this.member = member;
    this.name = name;
    this.clientUrls = clientUrls;
    this.timer = timer;
  }

  void start() {
    again();
  }

  private void again() {
    try {
      var _ = timer.schedule(this::publish, pauseMilliseconds, TimeUnit.MILLISECONDS);
      pauseMilliseconds = Math.min(2 * pauseMilliseconds, SLOWEST_MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // The node is ending.
    }
  }

  private void publish() {
    long id = member.control().identity().memberId();
    Member known = member.state().get().members().member(id);
    if (known != null && isUpToDate(known)) {
      return;
    }
    // Before the cluster knows this member, or while nobody leads, there is nobody to tell.
    if (known == null || member.control().status().raft().leader() == 0) {
      again();
      return;
    }
    var told = Member.newBuilder().setID(id).setName(name).addAllClientURLs(clientUrls);
    var _ =
        member
            .proposals()
            .submit(Command.newBuilder().setPublish(told))
            .whenComplete((result, failure) -> published(result, failure));
  }

  private void published(@Nullable ApplyResult result, @Nullable Throwable failure) {
    if (failure == null && result instanceof ApplyResult.Done) {
      LOG.info("published name {} and client URLs {} to the cluster", name, clientUrls);
    } else {
      again();
    }
  }

  private boolean isUpToDate(Member known) {
    return known.getName().equals(name) && known.getClientURLsList().equals(clientUrls);
  }
}
