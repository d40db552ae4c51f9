package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.NodeReport;
import dev.quorate.operator.plan.ObservedCluster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The members as a table, and what the operator is doing, as lines of text. */
record MemberTable(MemberNote note, Map<String, RunningProcess> processes, Instant now) {
  private static final List<String> HEAD =
      List.of("NAME", "ROLE", "STATE", "HEALTH", "INDEX", "ADDRESS", "PID");
  private static final String NOTHING = "-";

  /**
   * The whole picture.
   *
   * @param observed for the log index of each member now; null for none
   */
  List<String> lines(RaftClusterStatus status, @Nullable ObservedCluster observed) {
    if (status.summary() == null) {
      return List.of("Starting ...");
    }
    var rows = new ArrayList<List<String>>();
    rows.add(HEAD);
    for (var member : status.members()) {
      rows.add(row(member, observed));
    }
    var lines = new ArrayList<String>();
    lines.add(
        "%s, %s ready"
            .formatted(status.summary(), Objects.requireNonNullElse(status.ready(), "?")));
    lines.addAll(columns(rows));
    for (var member : status.members()) {
      var why = note.present(member, processes.get(member.name()), now);
      if (!why.isEmpty()) {
        lines.add("  " + member.name() + ": " + why);
      }
    }
    var plan = status.plan();
    if (plan != null) {
      var waiting = plan.waitingFor();
      lines.add(
          Lines.one(
              "Operator: " + plan.summary() + (waiting == null ? "" : "; waiting for " + waiting)));
    }
    return lines;
  }

  /** One line for one member, for output that only grows. */
  String line(MemberStatus member) {
    var process = processes.get(member.name());
    var why = note.lasting(member, process, now);
    var words = new ArrayList<>(List.of(member.name()));
    if (!MemberNote.starting(member, process, now)) {
      words.addAll(
          List.of(orNothing(member.role()), orNothing(member.state()), orNothing(member.health())));
    }
    words.add(orNothing(member.clientUrl()));
    words.add(process == null ? "no process" : "PID " + process.pid());
    if (!why.isEmpty()) {
      words.add("(" + why + ")");
    }
    return String.join("  ", words);
  }

  private List<String> row(MemberStatus member, @Nullable ObservedCluster observed) {
    var process = processes.get(member.name());
    boolean starting = MemberNote.starting(member, process, now);
    return List.of(
        member.name(),
        starting ? NOTHING : orNothing(member.role()),
        starting ? NOTHING : orNothing(member.state()),
        starting ? "Starting" : orNothing(member.health()),
        index(member.name(), observed),
        orNothing(member.clientUrl()),
        process == null ? NOTHING : Long.toString(process.pid()));
  }

  private static String index(String name, @Nullable ObservedCluster observed) {
    var member = observed == null ? null : observed.member(name);
    return member != null && member.node() instanceof NodeReport.Reachable answer
        ? Long.toString(answer.appliedIndex())
        : NOTHING;
  }

  private static String orNothing(@Nullable String text) {
    return Objects.requireNonNullElse(text, NOTHING);
  }

  private static List<String> columns(List<List<String>> rows) {
    var widths = new int[HEAD.size()];
    for (var row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return rows.stream().map(row -> padded(row, widths)).toList();
  }

  private static String padded(List<String> row, int[] widths) {
    var line = new StringBuilder("  ");
    for (int column = 0; column < widths.length; column++) {
      line.append(row.get(column)).repeat(" ", widths[column] - row.get(column).length() + 2);
    }
    return line.toString().stripTrailing();
  }
}
