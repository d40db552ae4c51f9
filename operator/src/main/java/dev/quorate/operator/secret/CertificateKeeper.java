package dev.quorate.operator.secret;

import dev.quorate.crds.ClientAuthentication;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.CertificateReport;
import dev.quorate.operator.certificate.CertificateReport.State;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.certificate.MemberUse;
import dev.quorate.operator.certificate.SecretNames;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.NodeReport;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.platform.AdminAccess;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.x509.CertificateMaker;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks after the certificates of clusters; between passes it keeps only what makes it faster. */
public final class CertificateKeeper {
  private static final Duration LONGEST = Duration.ofDays(1);

  private final CertificateMaker maker;
  private final CertificateTimes times;
  private final CertificateReadings readings = new CertificateReadings();

  public CertificateKeeper(CertificateMaker maker, CertificateTimes times) {
    this.maker = maker;
    this.times = times;
  }

  /** How the operator reaches members; null if it cannot yet, or needs nothing for it. */
  public @Nullable AdminAccess access(RaftCluster cluster, @Nullable SecretStore store) {
    if (store == null || !cluster.getSpec().tls().on()) {
      return null;
    }
    var own = store.readOwn(SecretNames.operator(cluster.getMetadata().getName()));
    var provided = cluster.getSpec().tls().providedForPeers();
    var peers = provided == null ? own : store.read(provided);
    if (own == null || peers == null) {
      return null;
    }
    var access =
        new AdminAccess(
            peers.text(SecretData.BELIEVED),
            own.text(SecretData.CERTIFICATE),
            own.text(SecretData.KEY));
    if (readings.isReadable(own, access)) {
      return access;
    }
    if (!readable(access)) {
      return null;
    }
    readings.readable(own, access);
    return access;
  }

  private static boolean readable(AdminAccess access) {
    try {
      PemReader.certificates(access.believed());
      PemReader.certificates(access.certificate());
      PemReader.key(access.key());
      return true;
    } catch (PemException _) {
      return false;
    }
  }

  /**
   * Writes what is due and tells how it is.
   *
   * @param writing whether anything may be written; else what there is is only looked at
   */
  public CertificateReport keep(
      RaftCluster cluster,
      @Nullable SecretStore store,
      ObservedCluster observed,
      boolean writing,
      Instant now) {
    if (!cluster.getSpec().tls().on()) {
      return new CertificateReport(
          State.DISABLED,
          "spec.tls.mode is Disabled: everybody who reaches the ports can read and write",
          LONGEST);
    }
    if (store == null) {
      return new CertificateReport(
          State.SECRET_MISSING,
          "this platform keeps no Secrets: write tls: {mode: Disabled} in the spec",
          LONGEST);
    }
    try {
      var reports = new ArrayList<CertificateReport>();
      for (var provided : provided(cluster, store)) {
        reports.add(provided.check(store.read(provided.secret()), now));
      }
      for (var authority : AuthoritySpec.of(cluster, store)) {
        var keeper = new AuthorityKeeper(authority, store, maker, times, readings);
        reports.add(keep(authority, keeper, uses(cluster, observed, authority), writing, now));
      }
      return together(reports);
    } catch (PemException e) {
      throw new PlatformException("a certificate that was just made " + e.getMessage(), e);
    }
  }

  private static List<ProvidedCertificate> provided(RaftCluster cluster, SecretStore store) {
    var tls = cluster.getSpec().tls();
    var provided = new ArrayList<ProvidedCertificate>();
    var forPeers = tls.providedForPeers();
    if (forPeers != null) {
      var hosts = store.memberHosts().stream().limit(1).toList();
      provided.add(new ProvidedCertificate("spec.tls.peer.secretRef", forPeers, true, hosts));
    }
    var forClients = tls.providedForClients();
    if (forClients != null) {
      boolean checksClients = tls.authenticationOfClients() != ClientAuthentication.NONE;
      provided.add(
          new ProvidedCertificate(
              "spec.tls.client.secretRef", forClients, checksClients, List.of()));
    }
    return provided;
  }

  private static CertificateReport keep(
      AuthoritySpec authority,
      AuthorityKeeper keeper,
      List<MemberUse> uses,
      boolean writing,
      Instant now)
      throws PemException {
    var plan = writing ? keeper.keep(uses, now) : null;
    var ends = keeper.earliestEnd(uses);
    var lookAgain = plan == null ? LONGEST : plan.lookAgain();
    if (ends == null || !now.isBefore(ends)) {
      return new CertificateReport(
          State.EXPIRED,
          ends == null
              ? "the certificates of %s are not made yet".formatted(authority.secret())
              : "a certificate of %s expired at %s: let the operator renew it (spec.paused: false)"
                  .formatted(authority.secret(), ends),
          lookAgain);
    }
    return plan == null || plan.waitingFor().isEmpty()
        ? new CertificateReport(
            State.CURRENT,
            "what %s signed is valid until %s".formatted(authority.secret(), ends),
            lookAgain)
        : new CertificateReport(
            State.ROTATING,
            "the authority %s is being replaced; waiting for %s"
                .formatted(authority.secret(), plan.waitingFor()),
            lookAgain);
  }

  /** The worst of them, or all that is well. */
  private static CertificateReport together(List<CertificateReport> reports) {
    var lookAgain =
        reports.stream().map(CertificateReport::lookAgain).min(Duration::compareTo).orElse(LONGEST);
    var state =
        reports.stream().map(CertificateReport::state).max(Enum::compareTo).orElse(State.CURRENT);
    var message =
        String.join(
            "; ",
            reports.stream()
                .filter(report -> report.state() == state)
                .map(CertificateReport::message)
                .toList());
    return new CertificateReport(state, message, lookAgain);
  }

  /** Members of which nothing runs read the Secrets when they start. */
  private static List<MemberUse> uses(
      RaftCluster cluster, ObservedCluster observed, AuthoritySpec authority) {
    return observed.all().stream()
        .filter(member -> !member.absent())
        .map(member -> use(cluster, member, authority))
        .toList();
  }

  private static MemberUse use(RaftCluster cluster, ClusterMember member, AuthoritySpec authority) {
    if (!(member.node() instanceof NodeReport.Reachable answer)) {
      return MemberUse.silent(member.name());
    }
    var used = answer.certificates();
    return switch (authority.kind()) {
      case PEERS -> {
        var both = new TreeSet<>(used.ofPeers());
        both.retainAll(used.ofOperator());
        yield new MemberUse(member.name(), true, both, used.toPeers());
      }
      case OPERATOR -> new MemberUse(member.name(), true, new TreeSet<>(used.ofOperator()), null);
      case CLIENTS -> {
        boolean checks =
            cluster.getSpec().tls().authenticationOfClients() != ClientAuthentication.NONE;
        yield new MemberUse(
            member.name(), true, checks ? new TreeSet<>(used.ofClients()) : null, used.toClients());
      }
    };
  }
}
