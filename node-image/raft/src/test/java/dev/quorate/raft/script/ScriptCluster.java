package dev.quorate.raft.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.raft.LogLostException;
import dev.quorate.raft.Message;
import dev.quorate.raft.ProposalResult;
import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A cluster that does what one command after the other says and prints what happens.
 *
 * <pre>
 * cluster 3            voters 1 to 3 at the beginning of their log
 * elect 1              ticks this node until it asks, then everything without showing it
 * node 4               a node that knows nothing yet
 * tick 1 10            ticks; prints what the node traces
 * ready 1              one batch: shown and done
 * deliver [2 [5]]      hands over the messages on their way (to a node, of that term)
 * drop [2]             loses them
 * twice [2]            the network repeats them, those again behind all others
 * stabilize            ready and deliver until nothing happens; without network to cut nodes
 * quiet ...            the command without showing messages and batches
 * propose 1 a b, read 1 7, transfer 1 2, membership 1 add-learner|promote|add-voter|remove 4
 * lost 2 1             node 2 notices that its connection to 1 broke
 * cut 3 1>2, heal      takes nodes off the network, or one way of it, and back
 * disk 2 late|prompt, sync 2 [n], apply 2 late|prompt|now, restart 2
 * wipe 2               restarts the node on an empty disk
 * forget 1 5           the node removes its log up to 5
 * adapt 1 15 40        restarts the node with an election timeout that adapts within these ticks
 * pass 100             so many ticks of all nodes, each followed by everything without showing it
 * timeouts             the election timeouts in force
 * snapshot 1 3 [fail]  carries the state of 1 to 3
 * status [1]
 * </pre>
 */
final class ScriptCluster {
  private final TreeMap<Long, ScriptHost> hosts = new TreeMap<>();
  private final List<Message> network = new ArrayList<>();
  private final TreeSet<String> cut = new TreeSet<>();
  private final StringBuilder output = new StringBuilder();
  private boolean quiet;

  String run(String line) {
    output.setLength(0);
    var words = new ArrayList<>(Arrays.asList(line.split(" +")));
    quiet = words.getFirst().equals("quiet");
    if (quiet) {
      words.removeFirst();
    }
    String command = words.removeFirst();
    execute(command, words);
    if (output.isEmpty()) {
      output.append("ok\n");
    }
    return output.toString();
  }

  private void elect(ScriptHost host) {
    int length = output.length();
    quiet = true;
    for (int i = 0; host.node().status().role() != RoleName.PRE_CANDIDATE; i++) {
      if (i > 100) {
        throw new IllegalStateException("the node does not ask");
      }
      host.node().tick();
    }
    stabilize();
    output.setLength(length);
    print(host.node().status().id() + " is " + host.node().status().role());
  }

  private void print(String text) {
    output.append(text).append('\n');
  }

  private void execute(String command, List<String> words) {
    switch (command) {
      case "cluster" -> cluster(Integer.parseInt(words.getFirst()));
      case "stabilize" -> stabilize();
      case "deliver" -> deliver(number(words, 0, 0), number(words, 1, 0));
      case "drop" -> network.removeIf(message -> isFor(message, number(words, 0, 0), 0));
      case "twice" ->
          network.addAll(
              network.stream().filter(message -> isFor(message, number(words, 0, 0), 0)).toList());
      case "cut" -> cut.addAll(words);
      case "heal" -> cut.clear();
      case "status" ->
          hosts.forEach(
              (id, host) -> {
                if (words.isEmpty() || id == number(words, 0, 0)) {
                  print(ScriptText.status(host.node().status()));
                }
              });
      case "pass" -> pass(number(words, 0, 0));
      case "timeouts" ->
          print(
              hosts.values().stream()
                  .map(host -> host.node().status())
                  .map(status -> status.id() + ":" + status.electionTimeoutTicks())
                  .collect(Collectors.joining(" ")));
      case "node" -> addHost(number(words, 0, 0), Snapshot.NONE);
      default -> executeOn(host(number(words, 0, 0)), command, words);
    }
  }

  private void executeOn(ScriptHost host, String command, List<String> words) {
    switch (command) {
      case "tick" -> {
        for (long i = number(words, 1, 1); i > 0; i--) {
          host.node().tick();
        }
      }
      case "ready" -> ready(number(words, 0, 0), host);
      case "elect" -> elect(host);
      case "lost" -> host.node().peerLost(number(words, 1, 0));
      case "propose" -> print(propose(host, words.subList(1, words.size())).toString());
      case "read" -> host.node().requestRead(number(words, 1, 0));
      case "transfer" ->
          print(host.node().transferLeadership(number(words, 1, 0)) ? "begun" : "refused");
      case "membership" ->
          print(host.node().proposeMembership(change(words), Bytes.EMPTY).toString());
      case "disk" -> host.lateDisk(words.get(1).equals("late"));
      case "sync" -> network.addAll(host.sync((int) number(words, 1, Integer.MAX_VALUE)));
      case "apply" -> {
        host.lateApply(words.get(1).equals("late"));
        if (words.get(1).equals("now")) {
          host.apply();
        }
      }
      case "restart" -> host.restart();
      case "adapt" -> host.adapt((int) number(words, 1, 0), (int) number(words, 2, 0));
      case "wipe" -> host.wipe();
      case "forget" -> host.removeLog(number(words, 1, 0));
      case "snapshot" -> snapshot(host, number(words, 0, 0), number(words, 1, 0), words.size() > 2);
      default -> throw new IllegalArgumentException("no such command: " + command);
    }
  }

  private static long number(List<String> words, int position, long otherwise) {
    return position < words.size() ? Long.parseLong(words.get(position)) : otherwise;
  }

  private ScriptHost host(long id) {
    return Objects.requireNonNull(hosts.get(id), () -> "no node " + id);
  }

  private void cluster(int size) {
    hosts.clear();
    network.clear();
    cut.clear();
    var ids = new ArrayList<Long>();
    for (long id = 1; id <= size; id++) {
      ids.add(id);
    }
    var base = new Snapshot(Snapshot.NONE.id(), Configuration.ofVoters(ids));
    ids.forEach(id -> addHost(id, base));
  }

  private void addHost(long id, Snapshot base) {
    hosts.put(id, new ScriptHost(id, base, text -> print(id + " " + text)));
  }

  private static ProposalResult propose(ScriptHost host, List<String> commands) {
    return host.node()
        .propose(commands.stream().map(text -> Bytes.of(text.getBytes(UTF_8))).toList());
  }

  private static MembershipChange change(List<String> words) {
    long id = number(words, 2, 0);
    return switch (words.get(1)) {
      case "add-learner" -> new MembershipChange.AddLearner(id);
      case "promote" -> new MembershipChange.PromoteLearner(id);
      case "add-voter" -> new MembershipChange.AddVoter(id);
      case "remove" -> new MembershipChange.Remove(id);
      default -> throw new IllegalArgumentException("no such change: " + words.get(1));
    };
  }

  /** The messages of one batch; those after the append go when the disk has synced. */
  private void ready(long id, ScriptHost host) {
    var ready = host.node().ready();
    if (!quiet) {
      ScriptText.ready(ready).forEach(line -> print(id + " " + line));
    }
    network.addAll(host.handle(ready));
  }

  private static boolean isFor(Message message, long to, long term) {
    return (to == 0 || message.to() == to) && (term == 0 || message.term() == term);
  }

  private boolean isCut(long from, long to) {
    return cut.contains(Long.toString(from))
        || cut.contains(Long.toString(to))
        || cut.contains(from + ">" + to);
  }

  private boolean deliver(long to, long term) {
    var messages = network.stream().filter(message -> isFor(message, to, term)).toList();
    network.removeAll(messages);
    boolean delivered = false;
    for (Message message : messages) {
      var target = hosts.get(message.to());
      if (target != null && !isCut(message.from(), message.to())) {
        if (!quiet) {
          print("  " + ScriptText.message(message));
        }
        step(target, message);
        delivered = true;
      }
    }
    return delivered;
  }

  /** Who finds its log lost ends. */
  private void step(ScriptHost target, Message message) {
    try {
      target.node().step(message);
    } catch (LogLostException e) {
      hosts.remove(message.to());
      print(message.to() + " ends: " + e.getMessage());
    }
  }

  private void stabilize() {
    boolean busy = true;
    for (int round = 0; busy; round++) {
      if (round > 500) {
        throw new IllegalStateException("the cluster does not come to rest");
      }
      busy = deliver(0, 0);
      for (var entry : hosts.entrySet()) {
        if (entry.getValue().node().hasReady()) {
          ready(entry.getKey(), entry.getValue());
          busy = true;
        }
      }
    }
  }

  private void pass(long ticks) {
    boolean before = quiet;
    quiet = true;
    for (long i = 0; i < ticks; i++) {
      hosts.values().forEach(host -> host.node().tick());
      stabilize();
    }
    quiet = before;
  }

  private void snapshot(ScriptHost host, long from, long to, boolean fails) {
    var snapshot = host.snapshot();
    if (!fails) {
      long term = host.node().status().term();
      host(to).node().step(new Message.InstallSnapshot(from, to, term, snapshot));
    }
    host.node().snapshotSent(to, snapshot.id(), !fails);
  }
}
