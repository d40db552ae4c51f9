package dev.quorate.operator.platform.local;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.platform.ClusterEvent;
import dev.quorate.operator.platform.MemberAddress;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.PlatformFacts;
import dev.quorate.operator.platform.SharedSettings;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.platform.VolumeFit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Members as processes, volumes as directories, the status as a file. */
public final class LocalPlatform implements Platform, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalPlatform.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /** The last of them finds nobody to hand over to, nor a majority for what it accepted. */
  private static final Duration SLEEP_PATIENCE = Duration.ofSeconds(30);

  private static final Duration RESTART_PATIENCE = Duration.ofSeconds(3);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  private final RunDirectory directory;
  private final NodeLauncher launcher;
  private final InstantSource clock;
  private final Runnable onChange;
  private final Consumer<ClusterEvent> onEvent;
  private final Map<String, MemberProcess> processes = new HashMap<>();
  private final Map<String, MemberPorts> ports = new HashMap<>();
  private RaftClusterStatus status;
  private boolean closed;

  /**
   * @param onChange is called on any thread when a process ended
   */
  LocalPlatform(
      RunDirectory directory,
      NodeLauncher launcher,
      InstantSource clock,
      Runnable onChange,
      Consumer<ClusterEvent> onEvent)
      throws IOException {
    this.directory = directory;
    this.launcher = launcher;
    this.clock = clock;
    this.onChange = onChange;
    this.onEvent = onEvent;
    this.status = directory.readStatus();
  }

  synchronized RaftClusterStatus status() {
    return status;
  }

  /** Process ids of running members, for people who want to kill one. */
  public Map<String, Long> processIds() {
    return processes((pid, _) -> pid);
  }

  /** Process ids of running members and since when they run, put together by the caller. */
  public synchronized <T> Map<String, T> processes(BiFunction<Long, Instant, T> each) {
    var running = new TreeMap<String, T>();
    processes.forEach(
        (member, process) -> {
          if (process.alive()) {
            running.put(member, each.apply(process.pid(), process.startedAt()));
          }
        });
    return running;
  }

  @Override
  public synchronized PlatformFacts observe(RaftCluster cluster) {
    var names = new TreeSet<>(directory.memberNames());
    processes.forEach(
        (member, process) -> {
          if (process.alive()) {
            names.add(member);
          }
        });
    var members = new TreeMap<String, ObservedMember>();
    for (var name : names) {
      members.put(name, observe(name));
    }
    return new PlatformFacts(members, null, MemberSettings.of(cluster).mark());
  }

  private ObservedMember observe(String name) {
    var home = directory.member(name);
    var process = process(name);
    var now = clock.instant();
    // The ports of a process stay known when its directory is deleted under it.
    var known = process.alive() ? ports.get(name) : home.ports();
    return new ObservedMember(
        name,
        known == null ? null : known.address(),
        process.state(now),
        template(home, process),
        process.state(now) == ProcessState.RUNNING,
        home.volumePresent() ? VolumeState.PRESENT : VolumeState.ABSENT,
        VolumeFit.UNKNOWN, // A directory has neither size nor class.
        Machine.NONE,
        process.asleep() ? Hindrance.ASLEEP : Hindrance.NONE,
        process.detail(now));
  }

  private static Template template(MemberDirectory home, MemberProcess process) {
    var kept = home.settings().read();
    return new Template(
        process.alive() ? process.template() : null, kept == null ? null : kept.present().mark());
  }

  private MemberProcess process(String name) {
    return processes.computeIfAbsent(name, _ -> new MemberProcess());
  }

  @Override
  public void applyShared(RaftCluster cluster, SharedSettings settings) {
    // Members on one machine share nothing that would have to be made.
  }

  @Override
  public void applyMembers(RaftCluster cluster) {
    // What keeps an order to run a member is its directory, and that says no more than its
    // template.
  }

  @Override
  public synchronized void updateMember(RaftCluster cluster, String member, TemplateChange change) {
    renewMember(cluster, member, change);
    var process = process(member);
    if (process.alive() && !process.template().equals(change.to())) {
      // The planner sees it absent with its volume and starts it again.
      process.stop(RESTART_PATIENCE);
    }
  }

  @Override
  public synchronized void renewMember(RaftCluster cluster, String member, TemplateChange change) {
    var file = directory.member(member).settings();
    var kept = file.read();
    var next = settings(cluster, change.to());
    if (next == null) {
      throw new PlatformException(
          "the settings %s are kept in no member's directory any more, and they are not what the spec asks for: change the spec to what %s shall be"
              .formatted(change.to(), member));
    }
    var before = change.from() == null ? null : settings(cluster, change.from());
    if (before == null && kept != null) {
      // An order that is only repeated, or taken back, forgets nothing.
      var known = kept.before();
      boolean back = known != null && known.mark().equals(change.to());
      before = back || kept.present().mark().equals(change.to()) ? known : kept.present();
    }
    file.write(new SettingsFile.Kept(next, before));
  }

  /** As the spec says, or as a member has them; null if neither has this mark. */
  private @Nullable MemberSettings settings(RaftCluster cluster, String mark) {
    return Stream.concat(
            Stream.of(MemberSettings.of(cluster)),
            directory.memberNames().stream()
                .map(name -> directory.member(name).settings().read())
                .filter(Objects::nonNull)
                .flatMap(SettingsFile.Kept::all))
        .filter(settings -> settings.mark().equals(mark))
        .findFirst()
        .orElse(null);
  }

  /** What a member is started with: what was ordered for it, else as it is told. */
  private MemberSettings ordered(
      RaftCluster cluster, MemberDirectory home, @Nullable String template) {
    var kept = home.settings().read();
    if (kept != null) {
      return kept.present();
    }
    var found = template == null ? null : settings(cluster, template);
    var settings = found == null ? MemberSettings.of(cluster) : found;
    home.settings().write(new SettingsFile.Kept(settings, null));
    return settings;
  }

  @Override
  public synchronized void createMember(
      RaftCluster cluster, String member, @Nullable String template) {
    var process = process(member);
    process.wake();
    if (closed || process.alive() || process.paused(clock.instant())) {
      return;
    }
    var home = directory.member(member);
    var prepared = home.prepare();
    try {
      var settings = ordered(cluster, home, template);
      var started = launcher.start(settings, member, home, prepared);
      process.started(started, settings.mark(), clock.instant());
      ports.put(member, prepared);
      log.info("{} runs as process {}, log {}", member, started.pid(), home.log());
      var _ = started.onExit().thenRun(() -> ended(member, process, started));
    } catch (IOException e) {
      process.failed(clock.instant(), "cannot start %s: %s".formatted(launcher.program(), e));
      throw new PlatformException(
          "cannot start %s: %s; build it with ./mvnw package"
              .formatted(launcher.program(), e.getMessage()),
          e);
    }
  }

  private void ended(String member, MemberProcess process, Process which) {
    synchronized (this) {
      process.ended(which, clock.instant(), directory.member(member).log().toString());
      if (!closed) {
        log.info("{} (process {}) ended with code {}", member, which.pid(), which.exitValue());
      }
    }
    onChange.run();
  }

  @Override
  public synchronized void restartMember(RaftCluster cluster, String member) {
    // The planner sees it absent with its volume and starts it again.
    process(member).stop(RESTART_PATIENCE);
  }

  @Override
  public synchronized void stopMember(RaftCluster cluster, String member) {
    process(member).putToSleep(SLEEP_PATIENCE);
  }

  @Override
  public synchronized void deleteMember(RaftCluster cluster, String member) {
    process(member).wake();
    process(member).stop(STOP_PATIENCE);
  }

  @Override
  public synchronized void deleteVolume(RaftCluster cluster, String member) {
    if (process(member).state(clock.instant()) == ProcessState.RUNNING) {
      throw new PlatformException(member + " still runs: its volume stays");
    }
    directory.member(member).delete();
    processes.remove(member);
    ports.remove(member);
  }

  @Override
  public void growVolume(RaftCluster cluster, String member) {
    // A directory is as large as its disk.
  }

  @Override
  public List<String> endpoints(RaftCluster cluster) {
    return observe(cluster).members().values().stream()
        .map(ObservedMember::address)
        .filter(Objects::nonNull)
        .map(MemberAddress::clientUrl)
        .toList();
  }

  @Override
  public synchronized void publishStatus(RaftCluster cluster, RaftClusterStatus next) {
    try {
      directory.writeStatus(next);
      status = next;
    } catch (IOException e) {
      throw new PlatformException("cannot write %s: %s".formatted(directory.statusFile(), e), e);
    }
  }

  @Override
  public void publishEvent(RaftCluster cluster, ClusterEvent event) {
    onEvent.accept(event);
  }

  /** Ends all processes: asks all at once, then ends by force what is left. */
  @Override
  public void close() {
    var ending = new HashMap<String, MemberProcess>();
    synchronized (this) {
      closed = true;
      ending.putAll(processes);
      ending.values().forEach(process -> process.stop(CLOSE_PATIENCE));
    }
    try {
      for (var process : ending.values()) {
        if (!process.awaitEnd(CLOSE_PATIENCE.plusSeconds(1))) {
          process.kill();
          process.awaitEnd(CLOSE_PATIENCE);
        }
      }
    } catch (InterruptedException _) {
      ending.values().forEach(MemberProcess::kill);
      Thread.currentThread().interrupt();
    }
  }
}
