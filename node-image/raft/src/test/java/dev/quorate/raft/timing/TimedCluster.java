package dev.quorate.raft.timing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftConfig;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftTrace;
import dev.quorate.raft.Ready;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Healthy voters with real timings: ticks of 25 ms that are not in step, connections that keep the
 * order of their messages, disks that sync one batch after the other. A run follows from its seed.
 */
final class TimedCluster {
  static final int TICK_MICROS = 25_000;
  static final int HEARTBEAT_TICKS = 4;
  static final int ELECTION_TICKS = 40;

  private record Event(long atMicros, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMicros, other.atMicros);
      return byTime == 0 ? Long.compare(sequence, other.sequence) : byTime;
    }
  }

  /** One voter; a dead one does nothing any more. */
  final class Member {
    private final long id;
    private final RaftNode node;
    private final TreeMap<Long, Long> linksMicros = new TreeMap<>();
    private int syncMicros;
    private final ArrayList<Ready> unsynced = new ArrayList<>();
    private boolean syncing;
    private boolean alive = true;
    private boolean paused;
    private final ArrayList<Consumer<RaftNode>> waiting = new ArrayList<>();

    /** The indexes of the reads that were granted. */
    private final ArrayList<Long> granted = new ArrayList<>();

    /** The newest term of which an entry was committed: whoever leads it answers clients. */
    private long committedTerm;

    private Member(long id, int syncMicros, int leastElectionTicks) {
      this.id = id;
      this.syncMicros = syncMicros;
      var base =
          new Snapshot(
              Snapshot.NONE.id(),
              Configuration.ofVoters(LongStream.rangeClosed(1, size).boxed().toList()));
      node =
          new RaftNode(
              RaftConfig.of(id, HEARTBEAT_TICKS, ELECTION_TICKS, 64 << 20)
                  .adaptive(leastElectionTicks),
              new RestoredState(HardState.INITIAL, base, List.of(), 0),
              RandomGeneratorFactory.of("L64X128MixRandom").create(random.nextLong()),
              RaftTrace.NONE);
    }

    long id() {
      return id;
    }

    List<Long> granted() {
      return granted;
    }

    RaftNode node() {
      return node;
    }

    /** How long every sync takes that begins from now on. */
    void syncMicros(int micros) {
      syncMicros = micros;
    }

    /** The process stands still, as after SIGSTOP: what comes in waits in its sockets. */
    void pause() {
      paused = true;
    }

    /** It goes on: the timer is due, then it reads what has waited. */
    void resume() {
      resumeWith(RaftNode::tick);
    }

    /** The same, but something else comes first. */
    void resumeWith(Consumer<RaftNode> first) {
      paused = false;
      input(first);
      var all = List.copyOf(waiting);
      waiting.clear();
      all.forEach(this::input);
    }

    /** What came in meanwhile is lost with the connections, which the others have given up. */
    void resumeCutOff() {
      waiting.clear();
      resume();
    }

    void kill() {
      alive = false;
    }

    /** An input and all that follows from it at once. */
    void input(Consumer<RaftNode> action) {
      if (paused) {
        waiting.add(action);
      } else if (alive) {
        action.accept(node);
        while (node.hasReady()) {
          handle(node.ready());
        }
      }
    }

    private void handle(Ready ready) {
      ready.sendNow().forEach(this::send);
      if (ready.mustAppend() || !ready.sendAfterAppend().isEmpty()) {
        unsynced.add(ready);
        sync();
      }
      ready.reads().stream()
          .filter(Ready.ReadResult::granted)
          .forEach(read -> granted.add(read.index()));
      if (!ready.committed().isEmpty()) {
        long index = ready.committed().getLast().index();
        committedTerm = ready.committed().getLast().term();
        at(nowMicros, () -> input(raft -> raft.applied(index)));
      }
    }

    /** One sync at a time, of all that waits. */
    private void sync() {
      if (!syncing && !unsynced.isEmpty()) {
        syncing = true;
        var batch = List.copyOf(unsynced);
        unsynced.clear();
        boolean writes = batch.stream().anyMatch(Ready::mustAppend);
        at(nowMicros + (writes ? syncMicros : 0), () -> synced(batch));
      }
    }

    private void synced(List<Ready> batch) {
      if (paused) {
        waiting.add(_ -> synced(batch));
      } else if (alive) {
        syncing = false;
        batch.forEach(ready -> ready.sendAfterAppend().forEach(this::send));
        batch.stream()
            .filter(ready -> !ready.entries().isEmpty())
            .forEach(ready -> input(raft -> raft.persisted(ready.entries().getLast().id())));
        sync();
      }
    }

    private void send(Message message) {
      long arrivalMicros =
          Math.max(
              linksMicros.getOrDefault(message.to(), 0L),
              nowMicros + 50 + random.nextLong(delayMicros));
      linksMicros.put(message.to(), arrivalMicros);
      if (!cut.contains(Set.of(id, message.to()))) {
        at(arrivalMicros, () -> member(message.to()).input(raft -> raft.step(message)));
      }
    }

    private void tickFrom(long firstMicros) {
      at(
          firstMicros,
          () -> {
            if (!paused) {
              input(RaftNode::tick);
            }
            if (alive) {
              tickFrom(firstMicros + TICK_MICROS);
            }
          });
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final TreeMap<Long, Member> members = new TreeMap<>();
  private final Set<Set<Long>> cut = new HashSet<>();
  private final RandomGenerator random;
  private final int size;
  private int delayMicros;
  private long nowMicros;
  private long sequence;

  TimedCluster(long seed, int size, int delayMicros, int syncMicros) {
    this(seed, size, delayMicros, syncMicros, ELECTION_TICKS);
  }

  /** With election timeouts that adapt down to this. */
  TimedCluster(long seed, int size, int delayMicros, int syncMicros, int leastElectionTicks) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.size = size;
    this.delayMicros = delayMicros;
    for (long id = 1; id <= size; id++) {
      var member = new Member(id, 1 + random.nextInt(2 * syncMicros), leastElectionTicks);
      members.put(id, member);
      member.tickFrom(random.nextLong(TICK_MICROS));
    }
  }

  /** How long a message takes at the most, from now on. */
  void delayMicros(int micros) {
    delayMicros = micros;
  }

  RandomGenerator random() {
    return random;
  }

  long nowMicros() {
    return nowMicros;
  }

  Member member(long id) {
    var member = members.get(id);
    if (member == null) {
      throw new IllegalArgumentException("no member " + id);
    }
    return member;
  }

  List<Member> living() {
    return members.values().stream().filter(member -> member.alive).toList();
  }

  void at(long atMicros, Runnable action) {
    events.add(new Event(atMicros, sequence++, action));
  }

  /** Nothing gets from the one to the other any more, in neither direction. */
  void cut(Member one, Member other) {
    cut.add(Set.of(one.id, other.id));
  }

  void heal() {
    cut.clear();
  }

  void runFor(long micros) {
    long endMicros = nowMicros + micros;
    while (true) {
      var event = events.peek();
      if (event == null || event.atMicros() > endMicros) {
        break;
      }
      step();
    }
    nowMicros = endMicros;
  }

  private void step() {
    var event = events.remove();
    nowMicros = event.atMicros();
    event.action().run();
  }

  /** Proposes where the leader is, all the time, so that logs and disks are busy. */
  void write(long everyMicros) {
    at(
        nowMicros + random.nextLong(2 * everyMicros),
        () -> {
          var leader = leader();
          if (leader != null) {
            leader.input(raft -> raft.propose(List.of(Bytes.of("a write".getBytes(UTF_8)))));
          }
          write(everyMicros);
        });
  }

  /** The newest one that anybody is in. */
  long term() {
    return members.values().stream()
        .mapToLong(member -> member.node.status().term())
        .max()
        .orElseThrow();
  }

  /** Of the newest term; null while nobody alive leads. */
  @Nullable Member leader() {
    Member found = null;
    for (var member : living()) {
      var status = member.node.status();
      if (status.leads() && (found == null || status.term() > found.node.status().term())) {
        found = member;
      }
    }
    return found;
  }

  /** Runs until a leader has committed an entry of its own term, and returns it. */
  Member awaitWorkingLeader(long patienceMicros) {
    long endMicros = nowMicros + patienceMicros;
    while (nowMicros < endMicros) {
      step();
      var leader = leader();
      if (leader != null && leader.committedTerm == leader.node.status().term()) {
        return leader;
      }
    }
    throw new AssertionError("no leader within %d ms".formatted(patienceMicros / 1000));
  }
}
