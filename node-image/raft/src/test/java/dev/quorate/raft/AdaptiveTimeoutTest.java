package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.HEARTBEAT_TICKS;
import static dev.quorate.raft.Fixture.appended;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.settledLeader;
import static dev.quorate.raft.Fixture.text;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a leader advises by what it measures, and what a follower makes of it. */
class AdaptiveTimeoutTest {
  private static final int LEAST = 15;
  private static final int MOST = 80;
  private static final int WINDOW = 10 * MOST;
  private static final RaftConfig CONFIG =
      new RaftConfig(1, HEARTBEAT_TICKS, MOST, LEAST, 1 << 20, 256, 16 << 20, 64 << 20);

  /** The leader, with what it sends to node 2 with its heartbeats. */
  private static final class Measuring {
    private final RaftNode node;
    private int advice;
    private long sentTick;

    Measuring(RaftConfig config) {
      this.node = settledLeader(config);
    }

    /** All heartbeats are answered at once. */
    void run(int count) {
      for (int i = 0; i < count; i += HEARTBEAT_TICKS) {
        beat(0);
      }
    }

    /** Until a heartbeat is sent, and node 2 has answered this one after so many ticks more. */
    void beat(int ticksUntilAnswer) {
      long before = sentTick;
      while (sentTick == before) {
        tick();
      }
      long sent = sentTick;
      for (int i = 0; i < ticksUntilAnswer; i++) {
        tick();
      }
      answer(sent);
    }

    void tick() {
      node.tick();
      look();
    }

    void answer(long sent) {
      node.step(new Message.HeartbeatReply(2, 1, 1, 0, sent));
      node.step(new Message.HeartbeatReply(3, 1, 1, 0));
      look();
    }

    void look() {
      for (var message : node.ready().sendNow()) {
        if (message instanceof Message.Heartbeat beat && beat.to() == 2) {
          advice = beat.electionTimeoutTicks();
          sentTick = beat.sentTick();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 15", "1, 20", "2, 30", "6, 70", "7, 80", "8, 80", "79, 80"})
  void theSlowestAnswerLatelyFitsInTenTimes(int answerTicks, int advice) {
    var leader = new Measuring(CONFIG);
    leader.run(WINDOW);
    leader.beat(answerTicks);
    leader.run(HEARTBEAT_TICKS);
    assertThat(leader.advice).isEqualTo(advice);
    leader.run(2 * WINDOW);
    assertThat(leader.advice).as("after two windows").isEqualTo(LEAST);
  }

  @ParameterizedTest
  @CsvSource({"0, 15", "2, 15", "3, 16", "10, 44", "18, 76", "19, 80", "70, 80"})
  void theSlowestAppendLatelyFitsInFourTimes(int answerTicks, int advice) {
    var leader = new Measuring(CONFIG);
    leader.run(WINDOW);
    leader.node.propose(List.of(text("a")));
    leader.look();
    leader.node.propose(List.of(text("b")));
    leader.look();
    leader.run(answerTicks - answerTicks % HEARTBEAT_TICKS);
    for (int i = 0; i < answerTicks % HEARTBEAT_TICKS; i++) {
      leader.tick();
    }
    leader.node.step(appended(2, 2));
    leader.run(HEARTBEAT_TICKS);
    assertThat(leader.advice).isEqualTo(advice);
    leader.run(2 * WINDOW);
    assertThat(leader.advice).as("after two windows").isEqualTo(LEAST);
  }

  @Test
  void nothingIsAdvisedBeforeEnoughIsMeasured() {
    var leader = new Measuring(CONFIG);
    leader.run(WINDOW - 2 * HEARTBEAT_TICKS);
    assertThat(leader.advice).isZero();
    leader.run(3 * HEARTBEAT_TICKS);
    assertThat(leader.advice).isEqualTo(LEAST);
  }

  @Test
  void nothingIsAdvisedWithoutTheMode() {
    var leader = new Measuring(config(1 << 20, 256, 64 << 20));
    ticks(leader.node, HEARTBEAT_TICKS);
    assertThat(leader.node.ready().sendNow())
        .containsExactly(
            new Message.Heartbeat(1, 2, 1, 1, 0), new Message.Heartbeat(1, 3, 1, 1, 0));
  }

  /** An older version does not send back what it does not know. */
  @ParameterizedTest
  @CsvSource({"0", "-1", "1000000", "9223372036854775807"})
  void anAnswerThatTellsNothingIsNotMeasured(long sentTick) {
    var leader = new Measuring(CONFIG);
    for (int i = 0; i < 2 * WINDOW; i += HEARTBEAT_TICKS) {
      ticks(leader.node, HEARTBEAT_TICKS);
      leader.answer(sentTick);
    }
    assertThat(leader.node.status().role()).isEqualTo(RoleName.LEADER);
    assertThat(leader.advice).isZero();
  }

  @Test
  void aFollowerWithoutTheModeSendsBackWhatItWasSent() {
    var node = Fixture.follower(1, 1);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 4, 5, 77));
    assertThat(node.ready().sendNow()).containsExactly(new Message.HeartbeatReply(1, 2, 1, 4, 77));
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(ELECTION_TICKS);
  }

  @ParameterizedTest
  @CsvSource({"0, 80", "-5, 80", "1, 15", "15, 15", "16, 16", "79, 79", "80, 80", "1000000, 80"})
  void adviceCountsWithinTheFollowersOwnBounds(int advice, int inForce) {
    var node = measured();
    beat(node, 1, advice);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(inForce);
    assertThat(ticksUntilItAsks(node)).isEqualTo(inForce);
  }

  /** The draw is from the timeout to its double, as ever. */
  @Test
  void theDrawScalesWithTheTimeout() {
    var node = measured(MOST - 1);
    beat(node, 1, LEAST);
    assertThat(ticksUntilItAsks(node)).isEqualTo(2 * LEAST);
  }

  @Test
  void adviceOfAnOldTermOrOfSomebodyElseCountsForNothing() {
    var node = measured();
    node.step(new Message.Heartbeat(3, 1, 1, 0, 0, LEAST, 0));
    assertThat(node.status().electionTimeoutTicks()).as("not the leader").isEqualTo(MOST);
    node.step(new Message.Heartbeat(3, 1, 2, 0, 0, 0, 0));
    beat(node, 1, LEAST);
    assertThat(node.status().electionTimeoutTicks()).as("old term").isEqualTo(MOST);
    assertThat(ticksUntilItAsks(node)).isEqualTo(MOST);
  }

  @Test
  void aNewTermBeginsWithWhatIsConfigured() {
    var node = measured();
    beat(node, 1, LEAST);
    node.step(new Message.VoteRequest(3, 1, 2, false, true, EntryId.ZERO));
    assertThat(node.status().term()).isEqualTo(2);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(MOST);
    assertThat(ticksUntilItAsks(node)).as("the leader gave no more time").isEqualTo(MOST);

    var other = measured();
    beat(other, 1, LEAST);
    other.step(new Message.AppendEntries(3, 1, 2, id(1, 1), List.of(), 0));
    assertThat(ticksUntilItAsks(other)).as("another leader").isEqualTo(MOST);
  }

  @Test
  void whoHasJustStartedMeasuresFirst() {
    var node = follower(0);
    beat(node, 1, LEAST);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(MOST);
  }

  @ParameterizedTest
  @CsvSource({"4, 15", "5, 15", "6, 18", "14, 42"})
  void theLongestSilenceLatelyFitsInThreeTimes(int silentTicks, int inForce) {
    var node = measured();
    beat(node, 1, LEAST);
    ticks(node, silentTicks);
    beat(node, 1, LEAST);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(inForce);
    hear(node, 2 * WINDOW, LEAST);
    assertThat(node.status().electionTimeoutTicks()).as("after two windows").isEqualTo(LEAST);
  }

  /**
   * It asks, is refused since the others hear the leader, and hears it again: not so soon again.
   */
  @Test
  void aFalseAlarmMakesTheTimeoutLonger() {
    var node = measured();
    beat(node, 1, LEAST);
    assertThat(ticksUntilItAsks(node)).isEqualTo(LEAST);
    hear(node, 4 * HEARTBEAT_TICKS, LEAST);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(3 * LEAST);
    assertThat(ticksUntilItAsks(node)).isEqualTo(3 * LEAST);
    hear(node, 4 * HEARTBEAT_TICKS, LEAST);
    assertThat(node.status().electionTimeoutTicks()).isEqualTo(MOST);
  }

  @Test
  void whoWouldAskItselfLetsOthersAsk() {
    var node = measured();
    beat(node, 1, LEAST);
    node.ready();
    ticks(node, LEAST - 1);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    assertThat(node.ready().sendNow()).as("the leader may live").isEmpty();
    node = measured(MOST - 1);
    beat(node, 1, LEAST);
    node.ready();
    ticks(node, LEAST);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    assertThat(node.ready().sendNow()).containsExactly(new Message.VoteReply(1, 3, 2, true, true));
  }

  private static RaftNode measured() {
    return measured(0);
  }

  /** A follower of node 2 in term 1 that has heard a heartbeat every two ticks for long enough. */
  private static RaftNode measured(int draw) {
    var node = follower(draw);
    hear(node, WINDOW, 0);
    return node;
  }

  private static RaftNode follower(int draw) {
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var restored = new RestoredState(new HardState(1, 0, 0), base, List.of(Fixture.entry(1, 1)), 0);
    RandomGenerator random =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return draw;
          }

          @Override
          public int nextInt(int bound) {
            return Math.min(draw, bound - 1);
          }
        };
    return new RaftNode(CONFIG, restored, random, RaftTrace.NONE);
  }

  private static void hear(RaftNode node, int count, int advice) {
    for (int i = 0; i < count; i += HEARTBEAT_TICKS) {
      ticks(node, HEARTBEAT_TICKS);
      beat(node, 1, advice);
      node.ready();
    }
  }

  private static void beat(RaftNode node, long term, int advice) {
    node.step(new Message.Heartbeat(2, 1, term, 0, 0, advice, 0));
  }

  private static int ticksUntilItAsks(RaftNode node) {
    for (int count = 1; count < 5 * MOST; count++) {
      node.tick();
      if (node.status().role() == RoleName.PRE_CANDIDATE) {
        return count;
      }
    }
    return -1;
  }
}
