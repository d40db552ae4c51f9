package dev.quorate.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.PlanStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.Membership;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.RepairBudget;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
  private static final int COLUMNS = 80;
  private static final String LONG = "a reason that is longer than a terminal is wide ".repeat(3);
  private static final ObservedCluster SEEN =
      new ObservedCluster(
          "demo",
          null,
          1,
          new TreeMap<>(),
          new Membership.LastKnown(List.of()),
          null,
          null,
          new RepairBudget(List.of()),
          0,
          null);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void cutsLongLinesOffInsteadOfWrappingThem() {
    try (var view = view(true)) {
      view.show(new RaftCluster(), outcome("Repairing"));
      written.reset();
      view.draw(SEEN);
      view.draw(SEEN);
      var lines = text().lines().filter(line -> line.length() > COLUMNS).toList();
      assertThat(lines).as("there is a line that would wrap").isNotEmpty();
      assertThat(text()).startsWith("\u001b[?7l").endsWith("\u001b[?7h");
    }
  }

  @Test
  void goesBackAsManyLinesAsItDrew() {
    try (var view = view(true)) {
      view.show(new RaftCluster(), outcome("Repairing"));
      written.reset();
      view.draw(SEEN);
      long drawn = text().chars().filter(character -> character == '\n').count();
      written.reset();
      view.draw(SEEN);
      assertThat(text()).startsWith("\r\u001b[%dA\u001b[J".formatted(drawn));
    }
  }

  @Test
  void givesHintsOnce() {
    try (var view = view(true)) {
      view.show(new RaftCluster(), outcome("Healthy"));
      view.draw(SEEN);
      assertThat(text()).contains("Try: etcdctl --endpoints=127.0.0.1:20001 put greeting hello");
      written.reset();
      view.draw(SEEN);
      assertThat(text()).doesNotContain("Try:");
    }
  }

  @Test
  void showsARefusedManifestUntilAnotherIsAccepted() {
    try (var view = view(true)) {
      view.refuse("spec.replicas is 12");
      view.show(new RaftCluster(), outcome("Healthy"));
      written.reset();
      view.draw(SEEN);
      assertThat(text()).contains("Refused").contains("spec.replicas is 12");
      view.accept();
      written.reset();
      view.draw(SEEN);
      assertThat(text()).doesNotContain("Refused");
    }
  }

  @Test
  void saysOnceWhereThereIsNoTerminalWhatIsInTheWay() {
    try (var view = view(false)) {
      written.reset();
      view.hinder("no room");
      view.hinder("no room");
      assertThat(text().lines()).singleElement().asString().contains("no room");
    }
  }

  private ClusterView view(boolean terminal) {
    return new ClusterView(
        new PrintStream(written, true, StandardCharsets.UTF_8),
        terminal,
        Path.of("demo.yaml"),
        Path.of("run"));
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private static ReconcileOutcome outcome(String summary) {
    var member =
        new MemberStatus(
            "demo-0",
            null,
            "Leader",
            "Running",
            "Healthy",
            null,
            null,
            null,
            "http://127.0.0.1:20001",
            null,
            null,
            null);
    return new ReconcileOutcome(status(summary, member), Duration.ZERO);
  }

  private static RaftClusterStatus status(@Nullable String summary, MemberStatus member) {
    return new RaftClusterStatus(
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
        List.of(member),
        null,
        null,
        List.of(),
        new PlanStatus(LONG, null, null),
        List.of());
  }
}
