package dev.quorate.operator.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.certificate.CertificateStep.AdoptAuthority;
import dev.quorate.operator.certificate.CertificateStep.Distribute;
import dev.quorate.operator.certificate.CertificateStep.Issue;
import dev.quorate.operator.certificate.CertificateStep.MakeAuthority;
import dev.quorate.operator.certificate.CertificateStep.PrepareNext;
import dev.quorate.operator.certificate.CertificateStep.Promote;
import dev.quorate.operator.certificate.CertificateStep.Retire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done in which situation, one a test. */
class CertificatePlannerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final CertificateTimes TIMES =
      new CertificateTimes(Duration.ofDays(300), Duration.ofDays(30), Duration.ofHours(1));

  private @Nullable Authority signing = authority("a", 10);
  private @Nullable Authority next;
  private List<Authority> retired = List.of();
  private List<Authority> found = List.of();
  private final TreeMap<String, Leaf> leaves = new TreeMap<>();
  private final List<MemberUse> members = new ArrayList<>();

  CertificatePlannerTest() {
    leaves.put("members", leaf("m1", "a", 1, "a"));
    leaves.put("operator", leaf("o1", "a", 1, "a"));
  }

  @Test
  void doesNothingWhileAllIsFreshAndLooksAgainWhenTheFirstRenewalIsDue() {
    var plan = plan();
    assertThat(plan.step()).isNull();
    assertThat(plan.waitingFor()).isEmpty();
    assertThat(plan.lookAgain()).isEqualTo(Duration.ofDays(19));
  }

  @Test
  void beginsWithAnAuthority() {
    signing = null;
    leaves.clear();
    assertThat(plan().step()).isEqualTo(new MakeAuthority());
  }

  @Test
  void makesWhatIsMissing() {
    leaves.remove("operator");
    assertThat(plan().step()).isEqualTo(new Issue("operator", false));
  }

  @Test
  void replacesWhatDoesNotFit() {
    leaves.put("members", new Leaf("m1", "a", days(-1), days(29), false, set("a")));
    assertThat(plan().step()).isEqualTo(new Issue("members", false));
  }

  @Test
  void renewsAfterTwoThirdsOfALife() {
    leaves.put("members", leaf("m1", "a", 19, "a"));
    assertThat(plan().step()).isNull();
    leaves.put("members", leaf("m1", "a", 20, "a"));
    assertThat(plan().step()).isEqualTo(new Issue("members", false));
  }

  @Test
  void preparesTheNextAuthorityAfterTwoThirdsOfItsLife() {
    signing = authority("a", 199);
    assertThat(plan().step()).isNull();
    signing = authority("a", 200);
    assertThat(plan().step()).isEqualTo(new PrepareNext());
  }

  @Test
  void tellsEverybodyOfTheNextAuthority() {
    next = authority("b", 0);
    assertThat(plan().step()).isEqualTo(new Distribute("members"));
    leaves.put("members", leaf("m1", "a", 1, "a", "b"));
    assertThat(plan().step()).isEqualTo(new Distribute("operator"));
  }

  @Test
  void waitsForEveryMemberBeforeTheNextAuthoritySigns() {
    distributed();
    members.add(use("demo-0", "m1", "a", "b"));
    members.add(use("demo-1", "m1", "a"));
    var plan = plan();
    assertThat(plan.step()).isNull();
    assertThat(plan.waitingFor()).isEqualTo("demo-1 to read the Secret with the next authority");
  }

  @Test
  void aMemberThatDoesNotAnswerMayHaveReadNothing() {
    distributed();
    members.add(MemberUse.silent("demo-0"));
    assertThat(plan().waitingFor()).startsWith("demo-0 to read");
  }

  @Test
  void whereNobodyHasToBelieveAnybodyNobodyIsWaitedFor() {
    distributed();
    next = authority("b", 1);
    members.add(new MemberUse("demo-0", true, null, "m1"));
    assertThat(plan().step()).isEqualTo(new Promote());
  }

  @Test
  void givesClientsTimeOfWhomNobodyHears() {
    distributed();
    var plan = plan();
    assertThat(plan.step()).isNull();
    assertThat(plan.waitingFor()).isEqualTo("clients to read the Secret with the next authority");
    assertThat(plan.lookAgain()).isEqualTo(Duration.ofHours(1));
    assertThat(CertificatePlanner.plan(facts(), TIMES.withoutOverlap(), NOW).step())
        .isEqualTo(new Promote());
  }

  @Test
  void makesAllCertificatesAnewByTheAuthorityThatSignsNow() {
    signing = authority("b", 1);
    retired = List.of(authority("a", 200));
    leaves.put("members", leaf("m1", "a", 1, "a", "b"));
    leaves.put("operator", leaf("o1", "a", 1, "a", "b"));
    assertThat(plan().step()).isEqualTo(new Issue("members", false));
    leaves.put("members", leaf("m2", "b", 0, "a", "b"));
    assertThat(plan().step()).isEqualTo(new Issue("operator", false));
  }

  @Test
  void waitsUntilEveryMemberShowsItsNewCertificateBeforeTheOldAuthorityIsForgotten() {
    reissued(1);
    members.add(use("demo-0", "m1", "a", "b"));
    assertThat(plan().waitingFor()).isEqualTo("demo-0 to show its new certificate");
    members.set(0, use("demo-0", "m2", "a", "b"));
    assertThat(plan().step()).isEqualTo(new Retire());
  }

  @Test
  void givesClientsTimeToReadTheirNewCertificates() {
    reissued(0);
    assertThat(plan().waitingFor()).isEqualTo("clients to read their new certificates");
  }

  @Test
  void takesTheOldAuthorityOutOfTheSecretsOnceItIsForgotten() {
    signing = authority("b", 1);
    leaves.put("members", leaf("m2", "b", 0, "a", "b"));
    leaves.put("operator", leaf("o2", "b", 0, "b"));
    assertThat(plan().step()).isEqualTo(new Distribute("members"));
  }

  @Test
  void anAuthorityOfWhichTheSecretIsLostIsReplacedInGenerationsAsWell() {
    signing = null;
    found = List.of(authority("a", 10), authority("z", 10));
    assertThat(plan().step()).isEqualTo(new AdoptAuthority("a", List.of("z")));
  }

  @Test
  void whatIsLostWithTheCertificatesOrExpiredIsNotMissed() {
    signing = null;
    found = List.of(authority("a", 300));
    assertThat(plan().step()).isEqualTo(new MakeAuthority());
  }

  @Test
  void anAuthorityThatCannotSignGetsASuccessor() {
    signing = new Authority("a", days(-1), days(299), false);
    assertThat(plan().step()).isEqualTo(new PrepareNext());
    next = authority("b", 0);
    leaves.remove("operator");
    assertThat(plan().step()).isEqualTo(new Issue("operator", true));
  }

  @Test
  void anExpiredAuthorityIsNotWaitedFor() {
    signing = authority("a", 300);
    leaves.replaceAll((_, leaf) -> new Leaf(leaf.id(), "a", days(-30), NOW, true, set("a")));
    assertThat(plan().step()).isEqualTo(new PrepareNext());
    next = authority("b", 0);
    assertThat(plan().step()).isEqualTo(new Issue("members", true));
    leaves.put("members", leaf("m2", "b", 0, "a", "b"));
    leaves.put("operator", leaf("o2", "b", 0, "a", "b"));
    members.add(MemberUse.silent("demo-0"));
    assertThat(plan().step()).isEqualTo(new Promote());
  }

  private void distributed() {
    next = authority("b", 0);
    leaves.put("members", leaf("m1", "a", 1, "a", "b"));
    leaves.put("operator", leaf("o1", "a", 1, "a", "b"));
  }

  private void reissued(int daysAgo) {
    signing = authority("b", 2);
    retired = List.of(authority("a", 200));
    leaves.put("members", leaf("m2", "b", daysAgo, "a", "b"));
    leaves.put("operator", leaf("o2", "b", daysAgo, "a", "b"));
  }

  private CertificatePlan plan() {
    return CertificatePlanner.plan(facts(), TIMES, NOW);
  }

  private AuthorityFacts facts() {
    return new AuthorityFacts(
        signing, next, retired, set("members", "operator"), leaves, found, members);
  }

  private static Authority authority(String id, int daysOld) {
    return new Authority(id, days(-daysOld), days(300 - daysOld), true);
  }

  private static Leaf leaf(String id, String issuer, int daysOld, String... believed) {
    return new Leaf(id, issuer, days(-daysOld), days(30 - daysOld), true, set(believed));
  }

  private static MemberUse use(String name, String shown, String... believed) {
    return new MemberUse(name, true, set(believed), shown);
  }

  private static Instant days(int from) {
    return NOW.plus(Duration.ofDays(from));
  }

  private static SortedSet<String> set(String... texts) {
    return new TreeSet<>(List.of(texts));
  }
}
