package dev.quorate.operator.observe;

import com.google.common.util.concurrent.ListenableFuture;
import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.CompareStateRequest;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.admin.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** What can be asked of one member, each with a deadline. */
public final class MemberClient {
  private static final long ASK_MILLISECONDS = 1_000;

  /**
   * Whose stream broke is most likely not there, and tells when it is back. With a machine lost
   * this is what each look at each cluster costs. Who was not reached yet is given its time.
   */
  private static final long ASK_IN_VAIN_MILLISECONDS = 250;

  private static final long CHANGE_MILLISECONDS = 10_000;
  private static final long SHORTEST_REOPEN_MILLISECONDS = 250;
  private static final long LONGEST_REOPEN_MILLISECONDS = 5_000;

  private final ManagedChannel channel;
  private final Runnable onChange;
  private final AtomicBoolean silent = new AtomicBoolean();
  private volatile boolean reached;
  private final AtomicLong pauseMilliseconds = new AtomicLong(SHORTEST_REOPEN_MILLISECONDS);

  MemberClient(ManagedChannel channel, Runnable onChange) {
    this.channel = channel;
    this.onChange = onChange;
  }

  ListenableFuture<NodeStatus> status() {
    // A member that came back is asked at once, not after the channel's growing pauses.
    Reconnection.prepare(channel);
    return AdminGrpc.newFutureStub(channel)
        .withDeadlineAfter(
            reached && silent.get() ? ASK_IN_VAIN_MILLISECONDS : ASK_MILLISECONDS,
            TimeUnit.MILLISECONDS)
        .withWaitForReady()
        .status(NodeStatusRequest.getDefaultInstance());
  }

  public NodeStatus bootstrap(long clusterId) {
    return changing().bootstrap(BootstrapRequest.newBuilder().setClusterId(clusterId).build());
  }

  public NodeStatus join(long clusterId, long memberId, List<String> peerUrls) {
    return changing()
        .join(
            JoinRequest.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(memberId)
                .addAllPeerUrls(peerUrls)
                .build());
  }

  public ChangeMembershipResponse changeMembership(ChangeMembershipRequest request) {
    return changing().changeMembership(request);
  }

  public NodeStatus transferLeadership(long targetId) {
    return changing()
        .transferLeadership(TransferLeadershipRequest.newBuilder().setTargetId(targetId).build());
  }

  /** Lets the member, which leads, begin to compare another one's state with its own. */
  public NodeStatus compareState(long memberId, long token) {
    return changing()
        .compareState(
            CompareStateRequest.newBuilder().setMemberId(memberId).setToken(token).build());
  }

  private AdminGrpc.AdminBlockingStub changing() {
    Reconnection.prepare(channel);
    return AdminGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CHANGE_MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  /**
   * Keeps a stream of the member's status open for as long as this client is, with growing pauses
   * while the member stays away.
   */
  void watch(ScheduledExecutorService reopening) {
    if (channel.isShutdown()) {
      return;
    }
    Reconnection.prepare(channel);
    AdminGrpc.newStub(channel)
        .watchStatus(
            NodeStatusRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(NodeStatus status) {
                silent.set(false);
                reached = true;
                pauseMilliseconds.set(SHORTEST_REOPEN_MILLISECONDS);
                onChange.run();
              }

              @Override
              public void onError(Throwable cause) {
                again();
              }

              @Override
              public void onCompleted() {
                again();
              }

              private void again() {
                // Told once: a member that stays away is no news.
                if (!channel.isShutdown() && silent.compareAndSet(false, true)) {
                  onChange.run();
                }
                reopen(reopening);
              }
            });
  }

  /** Whether the member has told its status, and would tell a change of it. */
  boolean isStreaming() {
    return reached && !silent.get();
  }

  private void reopen(ScheduledExecutorService reopening) {
    long pause =
        pauseMilliseconds.getAndUpdate(last -> Math.min(2 * last, LONGEST_REOPEN_MILLISECONDS));
    try {
      var _ = reopening.schedule(() -> watch(reopening), pause, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // The connections are being closed.
    }
  }

  void close() {
    channel.shutdownNow();
  }
}
