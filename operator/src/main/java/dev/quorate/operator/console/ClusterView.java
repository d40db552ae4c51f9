package dev.quorate.operator.console;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.platform.local.LocalRunner;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a cluster while it runs: on a terminal a table that is refreshed in place, elsewhere a line
 * for each change.
 */
public final class ClusterView implements LocalRunner.Display, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterView.class);
  private static final long REFRESH_MILLISECONDS = 500;

  private final PrintStream out;
  private final @Nullable Screen screen;
  private final Path directory;
  private final Guide guide;
  private final MemberNote note;
  private final InstantSource clock;
  private final ScheduledExecutorService ticker;
  private final Map<String, String> printed = new HashMap<>();
  private final Seen seen = new Seen();
  private RaftClusterStatus status = RaftClusterStatus.EMPTY;
  private Supplier<Map<String, RunningProcess>> processes = Map::of;
  private String refused = "";
  private String hindrance = "";
  private boolean welcomed;
  private boolean closed;

  /**
   * @param terminal the size of the terminal that {@code out} is; null if it is none
   */
  public ClusterView(
      PrintStream out,
      @Nullable Supplier<TerminalSize> terminal,
      Path manifest,
      Path directory,
      InstantSource clock) {
    this.out = out;
    this.screen = terminal == null ? null : new Screen(out, terminal);
    this.directory = directory.toAbsolutePath().normalize();
    this.guide = new Guide(manifest.toAbsolutePath().normalize(), this.directory);
    this.note = new MemberNote(this.directory.resolve("members"));
    this.clock = clock;
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon(true).name("view").factory());
  }

  /** Says where everything is. */
  public synchronized void begin() {
    if (screen == null) {
      guide.beginning().forEach(this::line);
    } else {
      screen.draw(guide.beginning(), List.of());
    }
  }

  public synchronized void processesFrom(Supplier<Map<String, RunningProcess>> source) {
    this.processes = source;
  }

  /** On a terminal, looks at the members' log indexes again and again. */
  public void refreshFrom(Supplier<ObservedCluster> source) {
    if (screen != null) {
      var _ =
          ticker.scheduleWithFixedDelay(
              () -> refresh(source), 0, REFRESH_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
  }

  private void refresh(Supplier<ObservedCluster> source) {
    try {
      draw(source.get());
    } catch (RuntimeException e) {
      log.debug("cannot refresh the view", e);
    }
  }

  @Override
  public synchronized void show(RaftCluster cluster, ReconcileOutcome outcome) {
    status = outcome.status();
    seen.see(status, processes.get());
    hindrance = "";
    if (screen == null && !closed) {
      printChanges();
    }
  }

  @Override
  public synchronized void refuse(String why) {
    refused = Lines.one(why);
    if (screen == null) {
      line(refusal());
    }
  }

  @Override
  public synchronized void accept() {
    refused = "";
  }

  @Override
  public synchronized void hinder(String why) {
    var known = Lines.one(why);
    boolean news = !known.equals(hindrance);
    hindrance = known;
    if (screen == null && news) {
      line(obstacle());
    }
  }

  private String refusal() {
    return "Manifest refused: %s. The last good one stays in force.".formatted(refused);
  }

  private String obstacle() {
    return "The operator cannot go on and tries again: " + hindrance;
  }

  private MemberTable table() {
    return new MemberTable(note, seen.settled(processes.get()), clock.instant());
  }

  private void printChanges() {
    var table = table();
    for (var member : status.members()) {
      changed(member.name(), table.line(member));
    }
    printed
        .keySet()
        .removeIf(
            name ->
                !name.startsWith(" ") && status.member(name) == null && told(name + "  is gone"));
    var plan = status.plan();
    if (plan != null) {
      changed(" plan", Lines.one("operator: " + plan.summary()));
    }
    if (welcomed) {
      changed(" endpoints", Guide.endpoints(seen.serving(status)));
    }
    if ("Healthy".equals(status.summary())) {
      if (changed(" ready", "ready: " + status.ready()) && !welcomed) {
        welcomed = true;
        printed.put(" endpoints", Guide.endpoints(seen.serving(status)));
        guide.examples(seen.serving(status)).forEach(this::line);
      }
    } else {
      printed.remove(" ready");
    }
  }

  private boolean changed(String what, String text) {
    boolean news = !text.equals(printed.put(what, text));
    if (news) {
      line(text);
    }
    return news;
  }

  private boolean told(String text) {
    line(text);
    return true;
  }

  private void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Draws the table over the one before. */
  synchronized void draw(ObservedCluster observed) {
    if (closed || screen == null) {
      return;
    }
    welcomed |= "Healthy".equals(status.summary());
    var above = new ArrayList<>(guide.beginning());
    if (welcomed) {
      above.addAll(guide.examples(seen.serving(status)));
    }
    var lines = new ArrayList<String>();
    lines.add("");
    // First what people have to do something about: a small terminal shows the beginning.
    if (!refused.isEmpty()) {
      lines.add(refusal());
    }
    if (!hindrance.isEmpty()) {
      lines.add(obstacle());
    }
    lines.addAll(table().lines(status, observed));
    screen.draw(above, lines);
  }

  /** The last word. */
  public void stopped(boolean deleted) {
    line(
        "Stopped: all members have ended"
            + (deleted ? ", and %s is deleted.".formatted(directory) : "."));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    ticker.shutdownNow();
    line(screen == null ? "Stopping ..." : "\nStopping ...");
  }
}
