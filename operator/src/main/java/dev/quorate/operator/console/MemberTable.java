package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.NodeReport;
import dev.quorate.operator.plan.ObservedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The members as a table, and what the operator is doing, as lines of text. */
final class MemberTable {
  private static final List<String> HEAD =
      List.of("NAME", "ROLE", "STATE", "HEALTH", "INDEX", "ADDRESS", "PID");

  private MemberTable() {}

  /**
   * The whole picture.
   *
   * @param observed for the log index of each member now; null for none
   */
  static List<String> lines(
      RaftClusterStatus status, @Nullable ObservedCluster observed, Map<String, Long> processIds) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEAD);
    for (var member : status.members()) {
      rows.add(row(member, observed, processIds));
    }
    var lines = new ArrayList<String>();
    lines.add(
        "%s, %s ready"
            .formatted(
                Objects.requireNonNullElse(status.summary(), "Unknown"),
                Objects.requireNonNullElse(status.ready(), "?")));
    lines.addAll(columns(rows));
    var plan = status.plan();
    if (plan != null) {
      var waiting = plan.waitingFor();
      lines.add(
          "Operator: " + plan.summary() + (waiting == null ? "" : "; waiting for " + waiting));
    }
    return lines;
  }

  /** One line for one member, for output that only grows. */
  static String line(MemberStatus member) {
    return String.join(
        "  ",
        member.name(),
        unknown(member.role()),
        unknown(member.state()),
        unknown(member.health()),
        unknown(member.clientUrl())
            + (member.message() == null ? "" : "  (" + member.message() + ")"));
  }

  private static List<String> row(
      MemberStatus member, @Nullable ObservedCluster observed, Map<String, Long> processIds) {
    var pid = processIds.get(member.name());
    return List.of(
        member.name(),
        unknown(member.role()),
        unknown(member.state()),
        unknown(member.health()),
        index(member.name(), observed),
        unknown(member.clientUrl()),
        pid == null ? "-" : pid.toString());
  }

  private static String index(String name, @Nullable ObservedCluster observed) {
    var member = observed == null ? null : observed.member(name);
    return member != null && member.node() instanceof NodeReport.Reachable answer
        ? Long.toString(answer.appliedIndex())
        : "-";
  }

  private static String unknown(@Nullable String text) {
    return Objects.requireNonNullElse(text, "-");
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
