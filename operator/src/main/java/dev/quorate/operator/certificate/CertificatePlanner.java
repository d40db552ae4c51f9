package dev.quorate.operator.certificate;

import dev.quorate.operator.certificate.CertificateStep.AdoptAuthority;
import dev.quorate.operator.certificate.CertificateStep.Distribute;
import dev.quorate.operator.certificate.CertificateStep.Issue;
import dev.quorate.operator.certificate.CertificateStep.MakeAuthority;
import dev.quorate.operator.certificate.CertificateStep.PrepareNext;
import dev.quorate.operator.certificate.CertificateStep.Promote;
import dev.quorate.operator.certificate.CertificateStep.Retire;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The whole policy about certificates, in the order in which things are looked at. What it keeps:
 * whatever two members have read of the Secrets, each believes who signed for the other.
 */
public final class CertificatePlanner {
  private final AuthorityFacts facts;
  private final CertificateTimes times;
  private final Instant now;

  private CertificatePlanner(AuthorityFacts facts, CertificateTimes times, Instant now) {
    this.facts = facts;
    this.times = times;
    this.now = now;
  }

  public static CertificatePlan plan(AuthorityFacts facts, CertificateTimes times, Instant now) {
    return new CertificatePlanner(facts, times, now).plan();
  }

  private CertificatePlan plan() {
    var signing = facts.signing();
    if (signing == null) {
      return doing(begin());
    }
    var lacking = lackingLeaf(signing);
    if (lacking != null) {
      return doing(lacking);
    }
    var next = facts.next();
    if (next == null && (!signing.hasKey() || due(signing))) {
      return doing(new PrepareNext());
    }
    for (var leaf : facts.leaves().entrySet()) {
      if (!leaf.getValue().believed().equals(facts.believed())) {
        return doing(new Distribute(leaf.getKey()));
      }
    }
    if (next != null) {
      return promotion(signing, next);
    }
    for (var leaf : facts.leaves().entrySet()) {
      if (!leaf.getValue().issuer().equals(signing.id()) || due(leaf.getValue())) {
        return doing(new Issue(leaf.getKey(), false));
      }
    }
    return facts.retired().isEmpty() ? calm() : retirement();
  }

  /** Where certificates are there, whoever made them is believed and must stay so for a while. */
  private CertificateStep begin() {
    var believed = new TreeSet<String>();
    facts.found().stream()
        .filter(authority -> !authority.expired(now))
        .forEach(authority -> believed.add(authority.id()));
    for (var leaf : facts.leaves().values()) {
      if (believed.remove(leaf.issuer())) {
        return new AdoptAuthority(leaf.issuer(), believed.stream().toList());
      }
    }
    return new MakeAuthority();
  }

  /** A certificate that is missing or of no use is made at once, whoever can sign. */
  private @Nullable CertificateStep lackingLeaf(Authority signing) {
    boolean byNext = !signing.hasKey() || signing.expired(now);
    if (byNext && facts.next() == null) {
      return null;
    }
    for (var name : facts.wanted()) {
      var leaf = facts.leaves().get(name);
      if (leaf == null || !leaf.fits() || !now.isBefore(leaf.expiresAt())) {
        return new Issue(name, byNext);
      }
    }
    return null;
  }

  private CertificatePlan promotion(Authority signing, Authority next) {
    if (signing.expired(now)) {
      return doing(new Promote()); // Nobody believes it any more, so there is nothing to wait for.
    }
    var behind = those(member -> !member.believes(next.id()));
    if (!behind.isEmpty()) {
      return waiting(behind + " to read the Secret with the next authority", times.leafLife());
    }
    var overlap = Duration.between(now, next.madeAt().plus(times.overlap()));
    return overlap.isPositive()
        ? waiting("clients to read the Secret with the next authority", overlap)
        : doing(new Promote());
  }

  private CertificatePlan retirement() {
    SortedSet<String> present =
        facts.leaves().values().stream()
            .map(Leaf::id)
            .collect(Collectors.toCollection(TreeSet::new));
    var behind = those(member -> !member.showsOneOf(present));
    if (!behind.isEmpty()) {
      return waiting(behind + " to show its new certificate", times.leafLife());
    }
    var newest =
        facts.leaves().values().stream().map(Leaf::madeAt).max(Instant::compareTo).orElse(now);
    var overlap = Duration.between(now, newest.plus(times.overlap()));
    return overlap.isPositive()
        ? waiting("clients to read their new certificates", overlap)
        : doing(new Retire());
  }

  /** The names of members of which this is so, or may be, because they do not answer. */
  private String those(Predicate<MemberUse> which) {
    return facts.members().stream()
        .filter(member -> !member.answers() || which.test(member))
        .map(MemberUse::member)
        .collect(Collectors.joining(", "));
  }

  private boolean due(Authority authority) {
    return !now.isBefore(CertificateTimes.renewal(authority.madeAt(), authority.expiresAt()));
  }

  private boolean due(Leaf leaf) {
    return !now.isBefore(CertificateTimes.renewal(leaf.madeAt(), leaf.expiresAt()));
  }

  private CertificatePlan doing(CertificateStep step) {
    return new CertificatePlan(step, "", Duration.ZERO);
  }

  private CertificatePlan waiting(String what, Duration atMost) {
    return new CertificatePlan(null, what, sooner(atMost));
  }

  private CertificatePlan calm() {
    return new CertificatePlan(null, "", sooner(times.leafLife()));
  }

  /** The time until the first renewal, or less. */
  private Duration sooner(Duration atMost) {
    var soonest = atMost;
    for (var leaf : facts.leaves().values()) {
      soonest = min(soonest, CertificateTimes.renewal(leaf.madeAt(), leaf.expiresAt()));
    }
    var signing = facts.signing();
    return signing == null || facts.next() != null
        ? soonest
        : min(soonest, CertificateTimes.renewal(signing.madeAt(), signing.expiresAt()));
  }

  private Duration min(Duration known, Instant time) {
    var until = Duration.between(now, time);
    return until.isPositive() && until.compareTo(known) < 0 ? until : known;
  }
}
