package dev.quorate.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.PlanStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import dev.quorate.operator.secret.UnseenCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is seen is what a terminal that does as it is told shows of what is written. */
class ClusterViewTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final String LONG =
      "a reason that is longer than a terminal is wide ".repeat(3) + "and its end";
  private static final ObservedCluster SEEN = UnseenCluster.demo();

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final FakeTerminal terminal = new FakeTerminal(80, 40);

  @Test
  void breaksLongLinesBetweenWordsAndLosesNothing() {
    try (var view = view(true)) {
      view.show(new RaftCluster(), outcome("Repairing", healthy(0)));
      view.draw(SEEN);
      assertThat(flat(screen())).contains(LONG);
      assertThat(screen())
          .contains("Operator: a reason that is longer than a terminal is wide a reason that is");
    }
  }

  @Test
  void drawsOverWhatItDrewBefore() {
    try (var view = view(true)) {
      view.begin();
      for (var wide : List.of("Repairing", "Healthy", "Repairing", "Healthy", "Repairing")) {
        view.show(new RaftCluster(), outcome(wide, healthy(0)));
        view.draw(SEEN);
        assertThat(screen()).filteredOn(line -> line.contains("1/1 ready")).hasSize(1);
        assertThat(screen()).filteredOn(line -> line.startsWith("Manifest:")).hasSize(1);
      }
    }
  }

  @Test
  void isWholeAgainAfterAChangeOfTheSize() {
    try (var view = view(true)) {
      view.begin();
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      view.draw(SEEN);
      for (int columns : List.of(40, 120, 25, 80)) {
        terminal.resize(columns, 60);
        view.draw(SEEN);
        view.draw(SEEN);
        assertThat(screen()).filteredOn(line -> line.contains("1/1 ready")).hasSize(1);
        assertThat(screen()).filteredOn(line -> line.startsWith("Operator:")).hasSize(1);
        assertThat(screen()).filteredOn(line -> line.startsWith("Endpoints:")).hasSize(1);
        assertThat(screen()).filteredOn(line -> line.startsWith("Manifest:")).hasSize(1);
      }
    }
  }

  @Test
  void drawsNoMoreThanAPage() {
    terminal.resize(80, 6);
    try (var view = view(true)) {
      view.show(new RaftCluster(), outcome("Repairing", healthy(0), healthy(1), healthy(2)));
      view.draw(SEEN);
      view.draw(SEEN);
      view.draw(SEEN);
      assertThat(terminal.everything(text()))
          .filteredOn(line -> line.contains("1/1 ready"))
          .hasSize(1);
    }
  }

  @Test
  void makesOneLineOfAMessageOfSeveral() {
    try (var view = view(true)) {
      view.begin();
      view.refuse("is no YAML:\n  line 1:\n\t{\n  ^\u001b[2J" + LONG);
      for (int times = 0; times < 3; times++) {
        view.draw(SEEN);
      }
      assertThat(flat(screen()))
          .contains("Manifest refused: is no YAML: line 1: { ^[2J" + LONG + ". The last good one");
      assertThat(screen()).filteredOn(line -> line.contains("refused")).hasSize(1);
      assertThat(screen()).filteredOn(line -> line.startsWith("Manifest:")).hasSize(1);
    }
  }

  @Test
  void showsARefusedManifestUntilAnotherIsAccepted() {
    try (var view = view(true)) {
      view.refuse("spec.replicas is 12");
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      view.draw(SEEN);
      assertThat(screen()).anyMatch(line -> line.startsWith("Manifest refused: spec.replicas is"));
      view.accept();
      view.draw(SEEN);
      assertThat(screen()).noneMatch(line -> line.contains("refused"));
    }
  }

  @Test
  void showsOnATerminalWhereToFindTheMembersThatAreThereNow() {
    try (var view = view(true)) {
      view.begin();
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      view.draw(SEEN);
      assertThat(screen())
          .contains("Try: etcdctl --endpoints=127.0.0.1:20000 put greeting hello")
          .anyMatch(line -> line.contains("/members/demo-0/data"));
      view.show(new RaftCluster(), outcome("Scaling", healthy(1), healthy(2)));
      view.draw(SEEN);
      assertThat(screen())
          .contains("Endpoints: 127.0.0.1:20001,127.0.0.1:20002")
          .contains("Try: etcdctl --endpoints=127.0.0.1:20001,127.0.0.1:20002 put greeting hello")
          .anyMatch(line -> line.contains("/members/demo-2/data"))
          .noneMatch(line -> line.contains("127.0.0.1:20000") || line.contains("demo-0/data"));
    }
  }

  @Test
  void tellsElsewhereEachChangeOfTheEndpointsOnce() {
    try (var view = view(false)) {
      view.show(new RaftCluster(), outcome("Starting", healthy(0)));
      assertThat(endpointLines()).isEmpty();
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      view.show(new RaftCluster(), outcome("Degraded", silent(0, null)));
      view.show(new RaftCluster(), outcome("Repairing", learner(0)));
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      assertThat(endpointLines()).containsExactly("Endpoints: 127.0.0.1:20000");
      view.show(new RaftCluster(), outcome("Scaling", healthy(0), learner(1)));
      assertThat(endpointLines()).hasSize(1);
      view.show(new RaftCluster(), outcome("Scaling", healthy(0), healthy(1)));
      assertThat(endpointLines())
          .containsExactly(
              "Endpoints: 127.0.0.1:20000", "Endpoints: 127.0.0.1:20000,127.0.0.1:20001");
    }
  }

  @Test
  void tellsElsewhereTheProcessOfEachMember() {
    try (var view = view(false)) {
      view.processesFrom(() -> Map.of("demo-0", new RunningProcess(4711, Instant.EPOCH)));
      view.show(new RaftCluster(), outcome("Healthy", healthy(0), healthy(1)));
      assertThat(text().lines())
          .contains("demo-0  Leader  Running  Healthy  http://127.0.0.1:20000  PID 4711")
          .contains("demo-1  Leader  Running  Healthy  http://127.0.0.1:20001  no process");
    }
  }

  @Test
  void saysWhyAMemberIsNotHealthy() {
    terminal.resize(200, 40);
    var old = new RunningProcess(1, NOW.minusSeconds(60));
    var young = new RunningProcess(2, NOW.minusSeconds(3));
    try (var view = view(true)) {
      view.processesFrom(() -> Map.of("demo-0", old, "demo-1", young));
      var failed = "it ended with exit code 7; its log is /run/demo-2/log.txt";
      view.show(
          new RaftCluster(),
          outcome(
              "Degraded",
              silent(0, "no connection to it"),
              silent(1, "no connection to it"),
              silent(2, failed)));
      view.draw(SEEN);
      var log = Path.of("run").toAbsolutePath().resolve("members/demo-0/log.txt");
      assertThat(screen())
          .contains(
              "  demo-0: does not answer since 12 s (no connection to it); its log is " + log,
              "  demo-1: starting",
              "  demo-2: " + failed);
    }
  }

  @Test
  void takesAProcessThatAnsweredBeforeForNoneThatStarts() {
    try (var view = view(false)) {
      view.processesFrom(() -> Map.of("demo-0", new RunningProcess(1, NOW.minusSeconds(3))));
      view.show(new RaftCluster(), outcome("Starting", silent(0, "no connection to it")));
      assertThat(text().lines()).contains("demo-0  http://127.0.0.1:20000  PID 1  (starting)");
      view.show(new RaftCluster(), outcome("Healthy", healthy(0)));
      written.reset();
      view.show(new RaftCluster(), outcome("Degraded", silent(0, "no connection to it")));
      assertThat(text())
          .contains("does not answer (no connection to it)")
          .doesNotContain("starting");
    }
  }

  @Test
  void saysOnceWhereThereIsNoTerminalWhatIsInTheWay() {
    try (var view = view(false)) {
      view.hinder("no room");
      view.hinder("no room");
      assertThat(text().lines()).singleElement().asString().contains("no room");
    }
  }

  private ClusterView view(boolean onTerminal) {
    return new ClusterView(
        new PrintStream(written, true, StandardCharsets.UTF_8),
        onTerminal ? terminal : null,
        Path.of("demo.yaml"),
        Path.of("run"),
        () -> NOW);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private List<String> screen() {
    return terminal.page(text());
  }

  private List<String> endpointLines() {
    return text().lines().filter(line -> line.startsWith("Endpoints:")).toList();
  }

  private static String flat(List<String> lines) {
    return String.join(" ", lines.stream().map(String::strip).toList());
  }

  private static MemberStatus healthy(int number) {
    return member(number, "Leader", "Running", "Healthy", null);
  }

  private static MemberStatus learner(int number) {
    return member(number, "Learner", "Running", "Starting", null);
  }

  private static MemberStatus silent(int number, @Nullable String why) {
    return member(number, "Unknown", "Unknown", "Unknown", why);
  }

  private static MemberStatus member(
      int number, String role, String state, String health, @Nullable String message) {
    return new MemberStatus(
        "demo-" + number,
        "%016x".formatted(number + 1),
        role,
        state,
        health,
        message,
        null,
        null,
        "http://127.0.0.1:2000" + number,
        null,
        null,
        null,
        null,
        NOW.minusSeconds(12).toString(),
        null);
  }

  private static ReconcileOutcome outcome(String summary, MemberStatus... members) {
    var status =
        new RaftClusterStatus(
            null,
            null,
            null,
            null,
            "1/1",
            null,
            null,
            null,
            summary,
            null,
            null,
            List.of(members),
            null,
            null,
            List.of(),
            null,
            new PlanStatus(LONG, null, null, List.of()),
            List.of(),
            List.of());
    return new ReconcileOutcome(status, Duration.ZERO);
  }
}
