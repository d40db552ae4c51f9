package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.TlsSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks a spec and tells all complaints at once; the same rules as in the CRD, for platforms and
 * API servers that do not check them.
 */
public final class SpecValidator {
  private static final int MAXIMUM_NAME_LENGTH = 40;

  private SpecValidator() {}

  public static List<String> complaints(String name, RaftClusterSpec spec) {
    var complaints = new ArrayList<String>();
    if (name.length() > MAXIMUM_NAME_LENGTH) {
      complaints.add(
          "metadata.name has %d characters: at most %d, because names of pods are made of it"
              .formatted(name.length(), MAXIMUM_NAME_LENGTH));
    }
    if (spec.replicas() < 1 || spec.replicas() > 9) {
      complaints.add("spec.replicas is %d: must be 1 to 9".formatted(spec.replicas()));
    }
    if (spec.version() != null && spec.image() != null) {
      complaints.add("spec.version and spec.image are both given: give one of them");
    }
    int heartbeat = spec.raft().heartbeatMilliseconds();
    int election = spec.raft().electionTimeoutMilliseconds();
    if (heartbeat < 10 || heartbeat > 10_000) {
      complaints.add(
          "spec.raft.heartbeatMilliseconds is %d: must be 10 to 10000".formatted(heartbeat));
    }
    if (election < 5 * heartbeat || election > 50_000) {
      complaints.add(
          "spec.raft.electionTimeoutMilliseconds is %d: must be at least 5 times heartbeatMilliseconds, here %d, and at most 50000"
              .formatted(election, 5 * heartbeat));
    }
    storage(spec.storage(), complaints);
    repair(spec.repair(), complaints);
    tls(spec.tls(), complaints);
    return List.copyOf(complaints);
  }

  private static void storage(StorageSpec storage, List<String> complaints) {
    var autogrow = storage.autogrow();
    if (autogrow == null) {
      return;
    }
    if (autogrow.maxSize().getNumericalAmount().compareTo(storage.size().getNumericalAmount())
        < 0) {
      complaints.add(
          "spec.storage.autogrow.maxSize is %s: must be spec.storage.size or more, here %s"
              .formatted(autogrow.maxSize(), storage.size()));
    }
    int percent = autogrow.whenUsedPercent();
    if (percent < 50 || percent > 95 || percent % 5 != 0) {
      complaints.add(
          "spec.storage.autogrow.whenUsedPercent is %d: must be a multiple of 5 from 50 to 95"
              .formatted(percent));
    }
    int step = autogrow.stepPercent();
    if (step < 10 || step > 100) {
      complaints.add("spec.storage.autogrow.stepPercent is %d: must be 10 to 100".formatted(step));
    }
  }

  private static void repair(RepairSpec repair, List<String> complaints) {
    int seconds = repair.unreachableAfterSeconds();
    if (seconds < 10 || seconds > 86_400) {
      complaints.add(
          "spec.repair.unreachableAfterSeconds is %d: must be 10 to 86400".formatted(seconds));
    }
    int most = repair.maxReplacementsPerHour();
    if (most < 1 || most > 60) {
      complaints.add(
          "spec.repair.maxReplacementsPerHour is %d: must be 1 to 60; to have none, spec.repair.enabled: false"
              .formatted(most));
    }
  }

  private static void tls(TlsSpec tls, List<String> complaints) {
    boolean provided = tls.providedForClients() != null || tls.providedForPeers() != null;
    switch (tls.mode()) {
      case PROVIDED -> {
        if (tls.providedForClients() == null) {
          complaints.add(
              "spec.tls.client.secretRef is missing: mode Provided needs it; name the Secret with"
                  + " tls.crt, tls.key and ca.crt");
        }
      }
      case MANAGED -> {
        if (provided) {
          complaints.add(
              "spec.tls.client.secretRef and spec.tls.peer.secretRef are for mode Provided: leave"
                  + " them out");
        }
      }
      case DISABLED -> {
        if (tls.client() != null || tls.peer() != null) {
          complaints.add(
              "spec.tls.mode Disabled is plain text for everybody: leave spec.tls.client and"
                  + " spec.tls.peer out");
        }
      }
    }
  }
}
