package dev.quorate.raft.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.raft.Message;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.Ready;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.MembershipEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How the scripts show things. */
final class ScriptText {
  private ScriptText() {}

  static String id(EntryId id) {
    return id.term() + "/" + id.index();
  }

  static String entry(Entry entry) {
    String what =
        switch (entry.kind()) {
          case COMMAND -> "\"" + new String(entry.data().array(), UTF_8) + "\"";
          case MEMBERSHIP -> MembershipEntry.decode(entry.data()).change().toString();
          case TERM_START -> "TermStart";
        };
    return id(entry.id()) + " " + what;
  }

  static String entries(List<Entry> entries) {
    return entries.stream().map(ScriptText::entry).collect(Collectors.joining(", ", "[", "]"));
  }

  static String message(Message message) {
    String what =
        switch (message) {
          case Message.AppendEntries append ->
              "AppendEntries after %s %s committed=%d"
                  .formatted(
                      id(append.previous()), entries(append.entries()), append.committedIndex());
          case Message.AppendReply reply ->
              reply.rejected()
                  ? "AppendReply refused=%d hint=%s".formatted(reply.index(), id(reply.hint()))
                  : "AppendReply index=%d".formatted(reply.index());
          case Message.Heartbeat beat ->
              "Heartbeat committed=%d round=%d%s%s"
                  .formatted(
                      beat.committedIndex(),
                      beat.round(),
                      unlessZero(" timeout=", beat.electionTimeoutTicks()),
                      unlessZero(" sent=", beat.sentTick()));
          case Message.HeartbeatReply reply ->
              "HeartbeatReply round=%d%s"
                  .formatted(reply.round(), unlessZero(" sent=", reply.sentTick()));
          case Message.VoteRequest request ->
              "%sVoteRequest last=%s%s"
                  .formatted(
                      request.preVote() ? "Pre" : "",
                      id(request.last()),
                      request.leadershipTransfer() ? " transfer" : "");
          case Message.VoteReply reply ->
              "%sVoteReply %s"
                  .formatted(reply.preVote() ? "Pre" : "", reply.granted() ? "granted" : "refused");
          case Message.InstallSnapshot install ->
              "InstallSnapshot %s".formatted(id(install.snapshot().id()));
          case Message.TimeoutNow _ -> "TimeoutNow";
          case Message.ForwardProposals forward ->
              "ForwardProposals %d".formatted(forward.proposals().size());
          case Message.ForwardRead read -> "ForwardRead %d".formatted(read.id());
          case Message.ReadReply reply ->
              "ReadReply %d %s".formatted(reply.id(), granted(reply.granted(), reply.index()));
        };
    return "%d->%d term=%d %s".formatted(message.from(), message.to(), message.term(), what);
  }

  private static String unlessZero(String name, long number) {
    return number == 0 ? "" : name + number;
  }

  private static String granted(boolean granted, long index) {
    return granted ? "granted at " + index : "refused";
  }

  static List<String> ready(Ready ready) {
    var lines = new ArrayList<String>();
    var hard = ready.hardState();
    if (hard != null) {
      lines.add(
          "hard term=%d vote=%d committed=%d"
              .formatted(hard.term(), hard.vote(), hard.committed()));
    }
    var snapshot = ready.snapshot();
    if (snapshot != null) {
      lines.add(
          "install %s voters=%s".formatted(id(snapshot.id()), snapshot.configuration().voters()));
    }
    if (!ready.entries().isEmpty()) {
      lines.add("append " + entries(ready.entries()));
    }
    ready.sendNow().forEach(message -> lines.add("now " + message(message)));
    ready.sendAfterAppend().forEach(message -> lines.add("after " + message(message)));
    if (!ready.committed().isEmpty()) {
      lines.add("apply " + entries(ready.committed()));
    }
    ready
        .reads()
        .forEach(
            read ->
                lines.add(
                    "read %d %s".formatted(read.id(), granted(read.granted(), read.index()))));
    ready.snapshotsWanted().forEach(member -> lines.add("snapshot wanted by " + member));
    return lines;
  }

  static String status(RaftStatus status) {
    String text =
        "%d %s term=%d leader=%d committed=%d applied=%d last=%s voters=%s learners=%s%s%s%s"
            .formatted(
                status.id(),
                status.role(),
                status.term(),
                status.leader(),
                status.committedIndex(),
                status.appliedIndex(),
                id(status.last()),
                status.configuration().voters(),
                status.configuration().learners(),
                status.membershipChangePending() ? " change-pending" : "",
                status.transferTarget() == 0 ? "" : " transfer=" + status.transferTarget(),
                status.diskStalls() ? " disk-stalls" : "");
    return status.followers().stream()
        .map(
            follower ->
                "%d match=%d%s%s%s"
                    .formatted(
                        follower.id(),
                        follower.matchIndex(),
                        follower.learner() ? " learner" : "",
                        follower.recentlyActive() ? " active" : "",
                        follower.snapshotting() ? " snapshotting" : ""))
        .reduce(text, (left, right) -> left + "\n  " + right);
  }
}
