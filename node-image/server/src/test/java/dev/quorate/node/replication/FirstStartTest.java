package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.FirstStart.Answer;
import dev.quorate.node.replication.FirstStart.Decision;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

final class FirstStartTest {
  private static final long CLUSTER = 0xc1;
  private static final long SELF = 1;
  private static final List<Member> FOUNDERS = List.of(member(SELF), member(2), member(3));

  private final FirstStart start = new FirstStart(new NodeIdentity(CLUSTER, SELF), FOUNDERS);

  /** What the others may say; nothing: they are silent. */
  private enum Word {
    NOTHING,
    FRESH,
    OLD_AND_DOES_NOT_KNOW_ME,
    CLUSTER_DOES_NOT_KNOW_ME,
    KNOWS_ME,
    REMOVED_ME;

    boolean keepsOut() {
      return this == KNOWS_ME || this == REMOVED_ME;
    }
  }

  /** In every order in which two others can say two things each. */
  @Test
  void beginsOnlyWhereTheOthersProveThatItWasNeverHere() {
    var words = Word.values();
    for (Word a : words) {
      for (Word b : words) {
        for (Word c : words) {
          for (Word d : words) {
            assertDecided(a, b, c, d);
          }
        }
      }
    }
  }

  private static void assertDecided(Word twoFirst, Word threeFirst, Word twoThen, Word threeThen) {
    var start = new FirstStart(new NodeIdentity(CLUSTER, SELF), FOUNDERS);
    say(start, 2, twoFirst);
    say(start, 3, threeFirst);
    say(start, 2, twoThen);
    say(start, 3, threeThen);
    var said = List.of(twoFirst, threeFirst, twoThen, threeThen);
    boolean keptOut = said.stream().anyMatch(Word::keepsOut);
    boolean twoFresh = twoFirst == Word.FRESH || twoThen == Word.FRESH;
    boolean threeFresh = threeFirst == Word.FRESH || threeThen == Word.FRESH;
    boolean begins = (twoFresh && threeFresh) || said.contains(Word.CLUSTER_DOES_NOT_KNOW_ME);
    var decision = start.decision();
    if (keptOut) {
      assertThat(decision)
          .as("%s", said)
          .isInstanceOfAny(Decision.StartedBefore.class, Decision.Removed.class);
    } else {
      assertThat(decision)
          .as("%s", said)
          .isInstanceOf(begins ? Decision.Begin.class : Decision.Wait.class);
    }
  }

  private static void say(FirstStart start, long id, Word word) {
    switch (word) {
      case NOTHING -> start.silent(id, "connection refused");
      case FRESH -> start.heard(id, answer(id, Founding.TERM, FOUNDERS, false));
      case OLD_AND_DOES_NOT_KNOW_ME -> start.heard(id, answer(id, 7, FOUNDERS, false));
      case CLUSTER_DOES_NOT_KNOW_ME -> start.heard(id, answer(id, 7, FOUNDERS, true));
      case KNOWS_ME -> start.heard(id, answer(id, 7, withSelfStarted(), false));
      case REMOVED_ME -> start.heard(id, answer(id, 7, List.of(member(2), member(3)), false));
    }
  }

  @Test
  void silenceOfOneIsEnoughToWaitAndItIsNamed() {
    assertThat(start.heard(2, answer(2, Founding.TERM, FOUNDERS, false))).isFalse();
    start.silent(3, "connection refused");
    assertThat(start.unheard()).containsExactly(3L);
    assertThat(start.decision())
        .asInstanceOf(InstanceOfAssertFactories.type(Decision.Wait.class))
        .satisfies(wait -> assertThat(wait.complaints()).containsOnlyKeys(3L))
        .satisfies(wait -> assertThat(wait.complaints()).containsValue("connection refused"));
  }

  @Test
  void whatOneMemberHasAppliedIsNotEnoughAndItsClusterIsAsked() {
    assertThat(start.heard(2, answer(2, Founding.TERM + 1, FOUNDERS, false))).isTrue();
    assertThat(start.decision()).isInstanceOf(Decision.Wait.class);
    assertThat(start.heard(2, answer(2, Founding.TERM + 1, withSelfStarted(), true))).isFalse();
    assertThat(start.decision()).isInstanceOf(Decision.StartedBefore.class);
  }

  @Test
  void whoWasRemovedIsToldSo() {
    assertThat(start.heard(2, answer(2, 7, List.of(member(2), member(3)), true))).isFalse();
    assertThat(start.decision()).isInstanceOf(Decision.Removed.class);
  }

  @Test
  void anotherClusterAtThePlaceOfAMemberHasNoSay() {
    var stranger = new NodeIdentity(0xbad, 2);
    assertThat(start.heard(2, new Answer(stranger, 7, withSelfStarted(), true))).isFalse();
    var neighbour = new NodeIdentity(CLUSTER, 3);
    start.heard(2, new Answer(neighbour, Founding.TERM, FOUNDERS, false));
    start.heard(3, new Answer(stranger, Founding.TERM, FOUNDERS, false));
    assertThat(start.decision())
        .asInstanceOf(InstanceOfAssertFactories.type(Decision.Wait.class))
        .satisfies(
            wait ->
                assertThat(wait.complaints())
                    .containsEntry(2L, "is member 3 of cluster c1 and not member 2 of cluster c1")
                    .containsEntry(
                        3L, "is member 2 of cluster bad and not member 3 of cluster c1"));
  }

  @Test
  void whoIsAloneBegins() {
    var alone = new FirstStart(new NodeIdentity(CLUSTER, SELF), List.of(member(SELF)));
    assertThat(alone.decision()).isInstanceOf(Decision.Begin.class);
  }

  private static Answer answer(long id, long term, List<Member> members, boolean linearizable) {
    return new Answer(new NodeIdentity(CLUSTER, id), term, members, linearizable);
  }

  private static Member member(long id) {
    return Member.newBuilder().setID(id).build();
  }

  private static List<Member> withSelfStarted() {
    var members = new ArrayList<>(FOUNDERS);
    members.set(0, Member.newBuilder().setID(SELF).addClientURLs("http://one:2379").build());
    return members;
  }
}
