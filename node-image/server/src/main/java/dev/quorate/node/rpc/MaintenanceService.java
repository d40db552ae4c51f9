package dev.quorate.node.rpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmResponse;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.DefragmentRequest;
import dev.quorate.api.etcd.DefragmentResponse;
import dev.quorate.api.etcd.DowngradeInfo;
import dev.quorate.api.etcd.DowngradeRequest;
import dev.quorate.api.etcd.DowngradeResponse;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.HashRequest;
import dev.quorate.api.etcd.HashResponse;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.MoveLeaderResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.SnapshotResponse;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.StatusResponse;
import dev.quorate.node.kv.ApplyResult;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** etcd's Maintenance service. */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+.*)?");

  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;
  private final String version;
  private final KvLimits limits;
  private final ReadThreads readThreads;

  /**
   * Serves whoever is there when a request comes; null: nobody.
   *
   * @param version the etcd API version to report
   */
  public MaintenanceService(
      Supplier<@Nullable ServingMember> serving,
      AccessControl access,
      String version,
      KvLimits limits,
      ReadThreads readThreads) {
    this.serving = serving;
    this.access = access;
    this.version = version;
    this.limits = limits;
    this.readThreads = readThreads;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> client) {
    ServingMember member = Calls.serving(serving, client, true);
    if (member == null || onlyForKnown(member, client)) {
      return;
    }
    var state = member.state().get();
    var raft = member.control().status().raft();
    long sizeBytes = state.databaseSizeBytes();
    var response =
        StatusResponse.newBuilder()
            .setHeader(header(member))
            .setVersion(version)
            .setStorageVersion(version)
            .setDbSize(sizeBytes)
            .setDbSizeInUse(sizeBytes)
            .setDbSizeQuota(limits.quotaBytes())
            .setLeader(raft.leader())
            .setRaftIndex(raft.committedIndex())
            .setRaftAppliedIndex(raft.appliedIndex())
            .setRaftTerm(raft.term())
            .setIsLearner(member.isLearner())
            .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
    if (raft.leader() == 0) {
      response.addErrors("etcdserver: no leader");
    }
    for (AlarmMember alarm : state.members().alarms()) {
      response.addErrors(
          "memberID:%s alarm:%s "
              .formatted(Long.toUnsignedString(alarm.getMemberID()), alarm.getAlarm()));
    }
    client.onNext(response.build());
    client.onCompleted();
  }

  @Override
  public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    boolean reads = request.getAction() == AlarmRequest.AlarmAction.GET;
    if (member == null || (reads ? onlyForKnown(member, client) : onlyForRoot(member, client))) {
      return;
    }
    if (request.getAlarm() == AlarmType.UNRECOGNIZED) {
      Calls.fail(
          client,
          Status.INVALID_ARGUMENT.withDescription(
              "quorate: alarm %d is none of NONE, NOSPACE, CORRUPT"
                  .formatted(request.getAlarmValue())));
      return;
    }
    switch (request.getAction()) {
      case GET ->
          Calls.finish(
              member.reads().linearizable(), client, () -> client.onNext(alarms(member, request)));
      case ACTIVATE, DEACTIVATE -> {
        var changed =
            member
                .proposals()
                .submit(Command.newBuilder().setAlarm(request))
                .thenApply(Calls::done);
        Calls.finish(changed, client, () -> client.onNext(changedAlarms(member, changed.join())));
      }
      case UNRECOGNIZED ->
          Calls.fail(
              client,
              Status.INVALID_ARGUMENT.withDescription(
                  "quorate: action %d is none of GET, ACTIVATE, DEACTIVATE"
                      .formatted(request.getActionValue())));
    }
  }

  private static AlarmResponse changedAlarms(ServingMember member, ApplyResult.Done done) {
    return ((AlarmResponse) done.response()).toBuilder().setHeader(member.header(done)).build();
  }

  private static AlarmResponse alarms(ServingMember member, AlarmRequest request) {
    List<AlarmMember> alarms =
        member.state().get().members().alarms().stream()
            .filter(
                alarm ->
                    request.getAlarm() == AlarmType.NONE || alarm.getAlarm() == request.getAlarm())
            .toList();
    return AlarmResponse.newBuilder().setHeader(header(member)).addAllAlarms(alarms).build();
  }

  @Override
  public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    var raft = member.control().status().raft();
    if (!raft.leads()) {
      Calls.fail(client, EtcdErrors.NOT_LEADER);
      return;
    }
    if (!raft.configuration().isVoter(request.getTargetID())) {
      Calls.fail(client, EtcdErrors.BAD_TRANSFEREE);
      return;
    }
    Calls.finish(
        member.control().transferLeadership(request.getTargetID()),
        client,
        () -> client.onNext(MoveLeaderResponse.getDefaultInstance()));
  }

  @Override
  public void hash(HashRequest request, StreamObserver<HashResponse> client) {
    hash(0, (hash, header) -> hashResponse((HashKVResponse) hash, header), client);
  }

  @Override
  public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> client) {
    hash(
        request.getRevision(),
        (hash, header) -> ((HashKVResponse) hash).toBuilder().setHeader(header).build(),
        client);
  }

  /**
   * There is nothing to do: the storage gives freed space back by itself. No header, as in etcd.
   */
  @Override
  public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member != null && !onlyForRoot(member, client)) {
      client.onNext(DefragmentResponse.getDefaultInstance());
      client.onCompleted();
    }
  }

  /**
   * There is one format of ours, so there is no older one to go down to: a target is at best well
   * formed, and nothing is ever going on. To cancel nothing succeeds, as in etcd.
   */
  @Override
  public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    switch (request.getAction()) {
      case VALIDATE, ENABLE ->
          Calls.fail(
              client,
              VERSION.matcher(request.getVersion()).matches()
                  ? EtcdErrors.NO_SUCH_DOWNGRADE
                  : EtcdErrors.BAD_DOWNGRADE_VERSION);
      case CANCEL -> {
        String release = version.substring(0, version.lastIndexOf('.'));
        client.onNext(
            DowngradeResponse.newBuilder().setHeader(header(member)).setVersion(release).build());
        client.onCompleted();
      }
      case UNRECOGNIZED -> Calls.fail(client, EtcdErrors.UNKNOWN_DOWNGRADE_ACTION);
    }
  }

  @Override
  public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> client) {
    ServingMember member = Calls.serving(serving, client, true);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    var stream =
        new SnapshotStream(
            (ServerCallStreamObserver<SnapshotResponse>) client,
            header(member),
            version,
            SnapshotStream.STALL);
    var _ =
        member
            .control()
            .snapshot()
            .whenComplete(
                (export, failure) -> {
                  if (failure == null) {
                    stream.start(export);
                  } else {
                    Calls.fail(client, EtcdErrors.of(failure));
                  }
                });
  }

  private static HashResponse hashResponse(HashKVResponse hash, ResponseHeader header) {
    return HashResponse.newBuilder().setHeader(header).setHash(hash.getHash()).build();
  }

  /** On a thread of its own: it reads the whole history. */
  private <R> void hash(
      long revision,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    Calls.answer(
        member,
        readThreads.supply(() -> member.state().get().reads().hash(revision)),
        response,
        client);
  }

  private boolean onlyForRoot(ServingMember member, StreamObserver<?> client) {
    var state = member.state().get();
    return Calls.refused(access.refuseUnlessRoot(state, access.credentials(state)), client);
  }

  private boolean onlyForKnown(ServingMember member, StreamObserver<?> client) {
    var state = member.state().get();
    return Calls.refused(access.refuseUnlessKnown(state, access.credentials(state)), client);
  }

  private static ResponseHeader header(ServingMember member) {
    var identity = member.control().identity();
    return ResponseHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .setRevision(member.state().get().revision())
        .setRaftTerm(member.control().status().raft().term())
        .build();
  }
}
