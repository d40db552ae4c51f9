package dev.quorate.e2e.kubernetes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mistake that people make in a RaftCluster, and words of the answer that lead them on. */
record BadManifest(String mistake, @Nullable String specBefore, String spec, List<String> words) {

  static final List<BadManifest> ALL =
      List.of(
          created(
              "wrong type",
              "{replicas: three, storage: {size: 1Gi}}",
              "spec.replicas",
              "must be of type integer"),
          created(
              "unknown field",
              "{replica: 3, storage: {size: 1Gi}}",
              "unknown field \"spec.replica\""),
          created(
              "no replicas",
              "{replicas: 0, storage: {size: 1Gi}}",
              "spec.replicas",
              "should be greater than or equal to 1"),
          created(
              "too many replicas",
              "{replicas: 10, storage: {size: 1Gi}}",
              "spec.replicas",
              "should be less than or equal to 9"),
          created("no storage", "{replicas: 3}", "spec.storage", "Required value"),
          created(
              "heartbeat not below election timeout",
              "{storage: {size: 1Gi}, raft: {heartbeatMilliseconds: 1000,"
                  + " electionTimeoutMilliseconds: 1000}}",
              "spec.raft.electionTimeoutMilliseconds",
              "at least 5 times",
              "for example 1000 and 100"),
          created(
              "version and image",
              "{version: 0.1.0, image: {repository: example.com/node, tag: a}, storage: {size: 1Gi}}",
              "either version",
              "not both"),
          created(
              "size that is none",
              "{storage: {size: banana}}",
              "spec.storage.size",
              "at least 16Mi, for example 10Gi"),
          created(
              "no patience with members that are out of reach",
              "{storage: {size: 1Gi}, repair: {unreachableAfterSeconds: 1}}",
              "spec.repair.unreachableAfterSeconds",
              "should be greater than or equal to 10"),
          created(
              "no replacement at all, said where it does not belong",
              "{storage: {size: 1Gi}, repair: {maxReplacementsPerHour: 0}}",
              "spec.repair.maxReplacementsPerHour",
              "should be greater than or equal to 1"),
          created(
              "certificates of somebody without their Secret",
              "{storage: {size: 1Gi}, tls: {mode: Provided}}",
              "needs tls.client.secretRef",
              "or let the operator make the certificates"),
          created(
              "Secret for certificates that the operator makes",
              "{storage: {size: 1Gi}, tls: {client: {secretRef: {name: web}}}}",
              "are for tls.mode Provided: leave them out"),
          new BadManifest(
              "plain text for a cluster that has certificates",
              "{paused: true, storage: {size: 2Gi}}",
              "{paused: true, storage: {size: 2Gi}, tls: {mode: Disabled}}",
              List.of("tls.mode cannot be changed", "make another cluster")),
          new BadManifest(
              "change of storage class",
              "{paused: true, storage: {size: 2Gi}}",
              "{paused: true, storage: {size: 2Gi, storageClassName: fast}}",
              List.of(
                  "storage.storageClassName cannot be changed",
                  "put the old class back",
                  "set storage.changePolicy: Replace")),
          new BadManifest(
              "shrinking volume",
              "{paused: true, storage: {size: 2Gi}}",
              "{paused: true, storage: {size: 1Gi}}",
              List.of(
                  "storage.size cannot shrink",
                  "the old size or a larger one",
                  "set storage.changePolicy: Replace")),
          created(
              "word for what becomes of members that is none",
              "{storage: {size: 1Gi, changePolicy: Recreate}}",
              "spec.storage.changePolicy",
              "Refuse",
              "Replace"),
          created(
              "volumes that may grow to less than they are",
              "{storage: {size: 2Gi, autogrow: {maxSize: 1Gi}}}",
              "spec.storage.autogrow.maxSize",
              "must be storage.size or more"),
          created(
              "growing without a limit",
              "{storage: {size: 2Gi, autogrow: {whenUsedPercent: 80}}}",
              "spec.storage.autogrow.maxSize",
              "Required value"),
          created(
              "limit of growing that is no size",
              "{storage: {size: 2Gi, autogrow: {maxSize: much}}}",
              "spec.storage.autogrow.maxSize",
              "must be a size, for example 100Gi"),
          created(
              "percentage that nobody tells",
              "{storage: {size: 2Gi, autogrow: {maxSize: 4Gi, whenUsedPercent: 82}}}",
              "spec.storage.autogrow.whenUsedPercent",
              "must be a multiple of 5, for example 75 or 80"),
          created(
              "percentage at which it is too late",
              "{storage: {size: 2Gi, autogrow: {maxSize: 4Gi, whenUsedPercent: 100}}}",
              "spec.storage.autogrow.whenUsedPercent",
              "should be less than or equal to 95"),
          created(
              "steps that are too small",
              "{storage: {size: 2Gi, autogrow: {maxSize: 4Gi, stepPercent: 1}}}",
              "spec.storage.autogrow.stepPercent",
              "should be greater than or equal to 10"));

  private static BadManifest created(String mistake, String spec, String... words) {
    return new BadManifest(mistake, null, spec, List.of(words));
  }

  @Override
  public String toString() {
    return mistake;
  }
}
