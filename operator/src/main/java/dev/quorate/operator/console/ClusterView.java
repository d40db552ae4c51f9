package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.platform.local.LocalRunner;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a cluster while it runs: on a terminal a table that is refreshed in place, elsewhere a line
 * for each change.
 */
public final class ClusterView implements LocalRunner.Display, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterView.class);
  private static final long REFRESH_MILLISECONDS = 500;
  private static final String WITHOUT_WRAPPING = "\u001b[?7l";
  private static final String WITH_WRAPPING = "\u001b[?7h";

  private final PrintStream out;
  private final boolean terminal;
  private final Path manifest;
  private final Path directory;
  private final ScheduledExecutorService ticker;
  private final Map<String, String> printed = new HashMap<>();
  private RaftClusterStatus status = RaftClusterStatus.EMPTY;
  private Supplier<Map<String, Long>> processIds = Map::of;
  private String refused = "";
  private String hindrance = "";
  private boolean welcomed;
  private int drawn;
  private boolean closed;

  public ClusterView(PrintStream out, boolean terminal, Path manifest, Path directory) {
    this.out = out;
    this.terminal = terminal;
    this.manifest = manifest.toAbsolutePath().normalize();
    this.directory = directory.toAbsolutePath().normalize();
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon(true).name("view").factory());
    line("Manifest: %s (edit it: replicas takes effect at once)".formatted(this.manifest));
    line("Data and logs: %s".formatted(this.directory));
    line(
        "Ctrl-C ends everything. etcdctl is in Debian's package etcd-client; any client of etcd's will do.");
  }

  /** Whether people read this directly. */
  // JDK 25 has no console again where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  public static boolean onTerminal() {
    var console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  public synchronized void processIdsFrom(Supplier<Map<String, Long>> source) {
    this.processIds = source;
  }

  /** On a terminal, looks at the members' log indexes again and again. */
  public void refreshFrom(Supplier<ObservedCluster> source) {
    if (terminal) {
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
    hindrance = "";
    if (!terminal && !closed) {
      printChanges();
    }
  }

  @Override
  public synchronized void refuse(String why) {
    refused = why;
    if (!terminal) {
      line("Refused, the last good manifest stays in force: " + why);
    }
  }

  @Override
  public synchronized void accept() {
    refused = "";
  }

  @Override
  public synchronized void hinder(String why) {
    boolean news = !why.equals(hindrance);
    hindrance = why;
    if (!terminal && news) {
      line("The operator cannot go on and tries again: " + why);
    }
  }

  private void printChanges() {
    for (var member : status.members()) {
      changed(member.name(), MemberTable.line(member));
    }
    printed
        .keySet()
        .removeIf(
            name ->
                !name.startsWith(" ") && status.member(name) == null && told(name + "  is gone"));
    var plan = status.plan();
    if (plan != null) {
      changed(" plan", "operator: " + plan.summary());
    }
    if ("Healthy".equals(status.summary())) {
      if (changed(" ready", "ready: " + status.ready()) && !welcomed) {
        welcomed = true;
        hints().forEach(this::line);
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
    if (closed) {
      return;
    }
    if (!welcomed && "Healthy".equals(status.summary())) {
      welcomed = true;
      erase();
      hints().forEach(this::line);
    }
    var lines = new ArrayList<String>();
    lines.add("");
    lines.addAll(MemberTable.lines(status, observed, processIds.get()));
    if (!refused.isEmpty()) {
      lines.add("Refused, the last good manifest stays in force: " + refused);
    }
    if (!hindrance.isEmpty()) {
      lines.add("The operator cannot go on and tries again: " + hindrance);
    }
    erase();
    // A line that is too long is cut off: wrapped, it would take more lines than are gone back.
    var screen = new StringBuilder(WITHOUT_WRAPPING);
    lines.forEach(text -> screen.append(text).append('\n'));
    out.print(screen.append(WITH_WRAPPING));
    out.flush();
    drawn = lines.size();
  }

  /** Takes the table away, so that what is printed next is where it was. */
  private void erase() {
    if (drawn > 0) {
      out.print("\r\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
  }

  private List<String> hints() {
    var endpoints =
        status.members().stream()
            .filter(member -> "Healthy".equals(member.health()))
            .map(MemberStatus::clientUrl)
            .filter(Objects::nonNull)
            .map(url -> url.substring(url.indexOf("//") + 2))
            .collect(Collectors.joining(","));
    var last = status.members().isEmpty() ? "NAME" : status.members().getLast().name();
    return List.of(
        "Endpoints: " + (endpoints.isEmpty() ? "none yet" : endpoints),
        "Try: etcdctl --endpoints=%s put greeting hello".formatted(endpoints),
        "     etcdctl --endpoints=%s get greeting".formatted(endpoints),
        "     edit replicas in %s".formatted(manifest),
        "     kill -9 PID                 a member comes back",
        "     rm -r %s/members/%s/data    a lost disk: the member is replaced"
            .formatted(directory, last));
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
    line(terminal ? "\nStopping ..." : "Stopping ...");
  }
}
