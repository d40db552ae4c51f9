package dev.quorate.operator.reconcile;

import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.platform.ClusterEvent;
import dev.quorate.operator.platform.MemberAddress;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.PlatformFacts;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.platform.SharedSettings;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.platform.VolumeFit;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A platform of which members appear at once when they are created. */
final class FakePlatform implements Platform {
  private static final VolumeFit TOO_SMALL =
      new VolumeFit(VolumeFit.Size.SMALLER, false, "its volume is too small");

  final List<String> events = new ArrayList<>();
  final TreeSet<String> running = new TreeSet<>();
  final TreeSet<String> volumes = new TreeSet<>();
  final TreeSet<String> stopping = new TreeSet<>();

  /** Ordered to run, and no container does yet. */
  final TreeSet<String> starting = new TreeSet<>();

  /** Stopped, and not to start. */
  final TreeSet<String> asleep = new TreeSet<>();

  /** What the user says by now, if that is not what the operator was told. */
  @Nullable RaftCluster newest;

  int minimumAvailable;

  final TreeSet<String> onLeavingMachine = new TreeSet<>();

  /** Members whose machine does not answer; what is deleted there stays until it does. */
  final TreeSet<String> onLostMachine = new TreeSet<>();

  private final TreeSet<String> letGo = new TreeSet<>();

  /** What each member was made from, which stays when it ends. */
  final TreeMap<String, String> templates = new TreeMap<>();

  @Nullable String broken;

  /** Whoever is to be updated is told so in vain. */
  boolean deaf;

  /** A template that nobody can make any more. */
  @Nullable String forgotten;

  boolean growing = true;

  /** The class of all volumes does not let them grow. */
  boolean cannotGrow;

  final TreeMap<String, VolumeFit> fits = new TreeMap<>();

  /** How large volumes are, where that is known. */
  final TreeMap<String, Quantity> sizes = new TreeMap<>();

  boolean allVolumesTooSmall;
  int statusWrites;

  /** What happens between what is told and what is done. */
  Runnable afterPublishing = () -> {};

  @Nullable SecretStore secrets;
  private final FakeMembers members;

  FakePlatform(FakeMembers members) {
    this.members = members;
  }

  static String peerUrl(String member) {
    return "http://" + member + ":2380";
  }

  @Override
  public PlatformFacts observe(RaftCluster cluster) {
    var names = new TreeSet<>(volumes);
    names.addAll(running);
    names.addAll(asleep);
    var facts = new TreeMap<String, ObservedMember>();
    for (var name : names) {
      facts.put(
          name,
          new ObservedMember(
              name,
              new MemberAddress(peerUrl(name), "http://" + name + ":2379"),
              process(name),
              new Template(templates.get(name), letGo.contains(name) ? null : templates.get(name)),
              running.contains(name),
              volumes.contains(name) ? VolumeState.PRESENT : VolumeState.ABSENT,
              fit(cluster, name),
              machine(name),
              hindrance(name),
              detail(name)));
    }
    return new PlatformFacts(facts, "app.kubernetes.io/instance=demo", wanted(cluster));
  }

  private VolumeFit fit(RaftCluster cluster, String name) {
    var size = sizes.get(name);
    if (size != null) {
      return VolumeFit.of(
          new VolumeFit.Claimed(size, size, ""), cluster.getSpec().storage().size());
    }
    return allVolumesTooSmall ? TOO_SMALL : fits.getOrDefault(name, VolumeFit.AS_WANTED);
  }

  private Hindrance hindrance(String name) {
    if (asleep.contains(name)) {
      return Hindrance.ASLEEP;
    }
    return onLostMachine.contains(name) ? Hindrance.MACHINE_LOST : Hindrance.NONE;
  }

  private ProcessState process(String name) {
    if (onLostMachine.contains(name)) {
      return ProcessState.UNKNOWN;
    }
    if (stopping.contains(name)) {
      return ProcessState.STOPPING;
    }
    if (starting.contains(name)) {
      return ProcessState.STARTING;
    }
    return running.contains(name) ? ProcessState.RUNNING : ProcessState.ABSENT;
  }

  private Machine machine(String name) {
    if (onLostMachine.contains(name)) {
      return new Machine("worker-1", null, MachineState.NOT_READY);
    }
    return onLeavingMachine.contains(name)
        ? new Machine("worker-1", null, MachineState.LEAVING)
        : Machine.NONE;
  }

  private String detail(String name) {
    if (onLostMachine.contains(name)) {
      return "machine worker-1 does not answer or is gone";
    }
    return onLeavingMachine.contains(name) ? "machine worker-1 is cordoned or about to go" : "";
  }

  /** Its machine answers again: what was let go there ends, and is cleared away. */
  void bringBack(String member) {
    onLostMachine.remove(member);
    if (letGo.remove(member)) {
      running.remove(member);
      deleteVolume(member);
    }
  }

  /** Only this of a spec concerns the members here. */
  private static String wanted(RaftCluster cluster) {
    return cluster.getSpec().raft().electionTimeoutMilliseconds() + " ms";
  }

  @Override
  public void applyShared(RaftCluster cluster, SharedSettings settings) {
    minimumAvailable = settings.minimumAvailable();
  }

  @Override
  public void applyMembers(RaftCluster cluster) {}

  @Override
  public void renewMember(RaftCluster cluster, String member, TemplateChange change) {}

  @Override
  public void updateMember(RaftCluster cluster, String member, TemplateChange change) {
    if (deaf) {
      return;
    }
    if (change.to().equals(forgotten)) {
      throw new PlatformException(change.to() + " is kept nowhere");
    }
    members.calls.add("update " + member + " to " + change.to());
    templates.put(member, change.to());
    members.stop(peerUrl(member));
    if (!change.to().equals(broken)) {
      members.start(peerUrl(member));
    }
  }

  @Override
  public void createMember(RaftCluster cluster, String member, @Nullable String template) {
    templates.putIfAbsent(member, template == null ? wanted(cluster) : template);
    asleep.remove(member);
    running.add(member);
    volumes.add(member);
    if (!sizes.isEmpty()) {
      sizes.putIfAbsent(member, cluster.getSpec().storage().size());
    }
    members.start(peerUrl(member));
  }

  @Override
  public void restartMember(RaftCluster cluster, String member) {
    members.stop(peerUrl(member));
    members.start(peerUrl(member));
  }

  @Override
  public void stopMember(RaftCluster cluster, String member) {
    members.calls.add("stop " + member);
    asleep.add(member);
    running.remove(member);
    members.stop(peerUrl(member));
  }

  @Override
  public RaftCluster current(RaftCluster cluster) {
    return newest == null ? cluster : newest;
  }

  @Override
  public void deleteMember(RaftCluster cluster, String member) {
    asleep.remove(member);
    if (onLostMachine.contains(member)) {
      letGo.add(member);
      return;
    }
    running.remove(member);
    members.stop(peerUrl(member));
  }

  @Override
  public void deleteVolume(RaftCluster cluster, String member) {
    deleteVolume(member);
  }

  private void deleteVolume(String member) {
    templates.remove(member);
    volumes.remove(member);
    members.wipe(peerUrl(member));
  }

  @Override
  public void growVolume(RaftCluster cluster, String member) {
    if (cannotGrow) {
      throw new PlatformException(member + ": " + CANNOT_GROW);
    }
    if (!growing) {
      throw new PlatformException("could not grow the volume of member " + member + ": forbidden");
    }
    var size = cluster.getSpec().storage().size();
    members.calls.add("grow %s to %s".formatted(member, size));
    if (sizes.replace(member, size) != null) {
      members.told(peerUrl(member), size, 60, SpaceAlarm.SPACE_ALARM_NONE);
    }
  }

  @Override
  public @Nullable SecretStore secrets(RaftCluster cluster) {
    return secrets;
  }

  @Override
  public void publishStatus(RaftCluster cluster, RaftClusterStatus status) {
    statusWrites++;
    cluster.setStatus(status);
    afterPublishing.run();
  }

  @Override
  public void publishEvent(RaftCluster cluster, ClusterEvent event) {
    events.add(event.reason() + ": " + event.message());
  }
}
