package dev.quorate.operator.secret;

import dev.quorate.operator.certificate.Authority;
import dev.quorate.operator.certificate.AuthorityFacts;
import dev.quorate.operator.certificate.CertificatePlan;
import dev.quorate.operator.certificate.CertificatePlanner;
import dev.quorate.operator.certificate.CertificateStep;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.certificate.Leaf;
import dev.quorate.operator.certificate.MemberUse;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.x509.CertificateMaker;
import dev.quorate.operator.x509.CertificateRequest;
import dev.quorate.operator.x509.KeyPairPem;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One authority in one pass: what its Secrets hold, and the steps that are due. */
final class AuthorityKeeper {
  /** More than a whole rotation has; a bound all the same. */
  private static final int MOST_STEPS = 20;

  private static final Logger log = LoggerFactory.getLogger(AuthorityKeeper.class);

  private final AuthoritySpec spec;
  private final SecretStore store;
  private final CertificateMaker maker;
  private final CertificateTimes times;
  private final CertificateReadings readings;
  private final Map<String, SecretData> leaves = new TreeMap<>();

  /** Whose keys were made here, and need no proof that they belong to their certificates. */
  private final Set<String> issued = new TreeSet<>();

  private @Nullable SecretData own;

  AuthorityKeeper(
      AuthoritySpec spec,
      SecretStore store,
      CertificateMaker maker,
      CertificateTimes times,
      CertificateReadings readings) {
    this.spec = spec;
    this.store = store;
    this.maker = maker;
    this.readings = readings;
    this.times = spec.kind() == AuthoritySpec.Kind.CLIENTS ? times : times.withoutOverlap();
    this.own = store.readOwn(spec.secret());
    for (var name : spec.leaves().keySet()) {
      var data = store.readOwn(name);
      if (data != null) {
        leaves.put(name, data);
      }
    }
  }

  /** Takes the steps that are due; what is left is to be waited for. */
  CertificatePlan keep(List<MemberUse> members, Instant now) throws PemException {
    var plan = CertificatePlanner.plan(facts(members), times, now);
    for (int taken = 0; plan.step() != null; taken++) {
      if (taken == MOST_STEPS) {
        throw new IllegalStateException("no end of steps for " + spec.secret() + ": " + plan);
      }
      take(plan.step(), now);
      plan = CertificatePlanner.plan(facts(members), times, now);
    }
    return plan;
  }

  /** The earliest end of a certificate; null if there is none. */
  @Nullable Instant earliestEnd(List<MemberUse> members) throws PemException {
    return facts(members).leaves().values().stream()
        .map(Leaf::expiresAt)
        .min(Instant::compareTo)
        .orElse(null);
  }

  AuthorityFacts facts(List<MemberUse> members) throws PemException {
    var data = own;
    var facts =
        data == null
            ? read()
            : readings.facts(data, new CertificateReadings.Source(spec, leaves), this::read);
    return facts.withMembers(members);
  }

  private AuthorityFacts read() throws PemException {
    var material = material();
    var found = new TreeMap<String, Authority>();
    var known = new TreeMap<String, X509Certificate>();
    for (var data : leaves.values()) {
      for (var authority : believedIn(data)) {
        known.put(PemReader.id(authority), authority);
        found.put(PemReader.id(authority), AuthorityMaterial.described(authority, false));
      }
    }
    if (material != null) {
      for (var authority : material.believed()) {
        known.put(PemReader.id(authority), authority);
      }
    }
    var described = new TreeMap<String, Leaf>();
    for (var leaf : leaves.entrySet()) {
      var request = Objects.requireNonNull(spec.leaves().get(leaf.getKey()));
      var read = leaf(leaf.getValue(), request, known, issued.contains(leaf.getKey()));
      if (read != null) {
        described.put(leaf.getKey(), read);
      }
    }
    var next = material == null ? null : material.next();
    return new AuthorityFacts(
        material == null ? null : AuthorityMaterial.described(material.signing()),
        next == null ? null : AuthorityMaterial.described(next),
        material == null
            ? List.of()
            : material.retired().stream()
                .map(authority -> AuthorityMaterial.described(authority, false))
                .toList(),
        new TreeSet<>(spec.leaves().keySet()),
        described,
        List.copyOf(found.values()),
        List.of());
  }

  private @Nullable AuthorityMaterial material() throws PemException {
    var data = own;
    if (data == null) {
      return null;
    }
    try {
      return AuthorityMaterial.read(data);
    } catch (PemException e) {
      throw new PlatformException(
          ("Secret %s %s: delete it, and another authority takes its place without a"
                  + " pause (docs/tls.md)")
              .formatted(spec.secret(), e.getMessage()),
          e);
    }
  }

  private static List<X509Certificate> believedIn(SecretData data) {
    try {
      return PemReader.certificates(data.text(SecretData.BELIEVED));
    } catch (PemException _) {
      return List.of();
    }
  }

  /** Null if there is nothing in it that could be used. */
  private static @Nullable Leaf leaf(
      SecretData data,
      CertificateRequest request,
      Map<String, X509Certificate> known,
      boolean madeHere) {
    try {
      var certificate = PemReader.certificates(data.text(SecretData.CERTIFICATE)).getFirst();
      var key = PemReader.key(data.text(SecretData.KEY));
      var issuer =
          known.entrySet().stream()
              .filter(authority -> PemReader.signed(authority.getValue(), certificate))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse("");
      boolean fits =
          (madeHere || PemReader.belongTogether(key, certificate))
              && PemReader.hosts(certificate).equals(new TreeSet<>(request.hosts()));
      var believed = new TreeSet<String>();
      believedIn(data).forEach(authority -> believed.add(PemReader.id(authority)));
      return new Leaf(
          PemReader.id(certificate),
          issuer,
          certificate.getNotBefore().toInstant().plus(CertificateMaker.CLOCKS_DIFFER),
          certificate.getNotAfter().toInstant(),
          fits,
          believed);
    } catch (PemException _) {
      return null;
    }
  }

  private void take(CertificateStep step, Instant now) throws PemException {
    log.info("certificates of {}: {}", spec.secret(), step);
    switch (step) {
      case CertificateStep.MakeAuthority _ ->
          write(new AuthorityMaterial(newAuthority(now), null, List.of()));
      case CertificateStep.AdoptAuthority(var signing, var retired) ->
          write(
              new AuthorityMaterial(
                  new KeyPairPem(CertificateMaker.pem(List.of(found(signing))), ""),
                  newAuthority(now),
                  retired.stream().map(this::found).toList()));
      case CertificateStep.PrepareNext _ -> {
        var material = present();
        write(new AuthorityMaterial(material.signing(), newAuthority(now), material.retired()));
      }
      case CertificateStep.Promote _ -> {
        var material = present();
        var retired = new ArrayList<>(material.retired());
        retired.add(PemReader.certificates(material.signing().certificate()).getFirst());
        write(new AuthorityMaterial(Objects.requireNonNull(material.next()), null, retired));
      }
      case CertificateStep.Retire _ -> {
        var material = present();
        write(new AuthorityMaterial(material.signing(), material.next(), List.of()));
      }
      case CertificateStep.Issue(var leaf, boolean byNext) -> {
        var material = present();
        var signer = byNext ? Objects.requireNonNull(material.next()) : material.signing();
        var request = Objects.requireNonNull(spec.leaves().get(leaf));
        issued.add(leaf);
        writeLeaf(leaf, maker.issue(request, signer, now, times.leafLife()), material);
      }
      case CertificateStep.Distribute(var leaf) -> {
        var data = Objects.requireNonNull(leaves.get(leaf));
        writeLeaf(
            leaf,
            new KeyPairPem(data.text(SecretData.CERTIFICATE), data.text(SecretData.KEY)),
            present());
      }
    }
  }

  private KeyPairPem newAuthority(Instant now) {
    return maker.authority(spec.name(), now, times.authorityLife());
  }

  private AuthorityMaterial present() throws PemException {
    return Objects.requireNonNull(material());
  }

  private X509Certificate found(String id) {
    return leaves.values().stream()
        .flatMap(data -> believedIn(data).stream())
        .filter(authority -> PemReader.id(authority).equals(id))
        .findFirst()
        .orElseThrow();
  }

  private void write(AuthorityMaterial material) {
    var version = own == null ? null : own.version();
    own = store.write(spec.secret(), material.written(version));
  }

  private void writeLeaf(String name, KeyPairPem pair, AuthorityMaterial material)
      throws PemException {
    var entries = new TreeMap<String, String>();
    entries.put(SecretData.CERTIFICATE, pair.certificate());
    entries.put(SecretData.KEY, pair.key());
    entries.put(SecretData.BELIEVED, CertificateMaker.pem(material.believed()));
    var before = leaves.get(name);
    var version = before == null ? null : before.version();
    leaves.put(name, store.write(name, new SecretData(entries, version)));
  }
}
