package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.crds.AutogrowSpec;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.operator.plan.NodeReport.SpaceAlarm;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.WorldSteps.Transition;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Claimed;
import dev.quorate.operator.platform.VolumeFit.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of a {@link World}: 0 and 1 are a small and a large one of a class that lets them
 * grow, 2 and 3 of another class, which does not.
 */
final class WorldVolumes {
  static final int KINDS = 4;

  private WorldVolumes() {}

  private static final List<Quantity> SIZES = List.of(new Quantity("1Gi"), new Quantity("2Gi"));

  /** The same spec, with volumes that grow by themselves from the small size to the large one. */
  static RaftClusterSpec growing(RaftClusterSpec spec) {
    var storage = spec.storage();
    return spec.withStorage(
        new StorageSpec(
            SIZES.getFirst(),
            null,
            storage.changePolicy(),
            new AutogrowSpec(SIZES.getLast(), 80, 100)));
  }

  /** The kind that a new member gets by now. */
  static int wanted(World world) {
    var size = Autogrow.inForce(world.spec(), world.observe()).storage().size();
    return world.wish().volume() + (world.budget().fills() ? SIZES.indexOf(size) : 0);
  }

  static NodeReport.Disk disk(Slot slot) {
    return new NodeReport.Disk(
        1L << (30 + slot.volume() % 2), slot.full() ? 80 : 75, SpaceAlarm.NONE);
  }

  static void faults(World world, World after, List<Transition> transitions) {
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.disk() == Disk.DATA && slot.place() != Place.OUT && !slot.full()) {
        transitions.add(
            new Transition("volume fills " + number, after.with(number, slot.filled())));
      }
    }
  }

  static VolumeFit fit(World world, Slot slot) {
    var wish = world.wish();
    if (slot.disk() == Disk.NONE || slot.disk() == Disk.UNLINKED) {
      return VolumeFit.UNKNOWN;
    }
    if (world.budget().fills()) {
      var size = SIZES.get(slot.volume() % 2);
      return VolumeFit.of(new Claimed(size, size, ""), SIZES.getFirst());
    }
    int order = Integer.compare(slot.volume() % 2, wish.volume() % 2);
    boolean otherClass = slot.volume() / 2 != wish.volume() / 2;
    return new VolumeFit(
        order < 0 ? Size.SMALLER : order > 0 ? Size.LARGER : Size.AS_WANTED,
        otherClass,
        order == 0 && !otherClass ? "" : "its volume is another");
  }

  static @Nullable Failure failure(World world) {
    int refused = world.status().refused();
    return refused < 0
        ? null
        : Failure.of(new Action.GrowVolume(World.name(refused)), Platform.CANNOT_GROW, World.NOW);
  }

  /** A class is never changed by growing. */
  static World grown(World world, int number) {
    var slot = world.slot(number);
    int wanted = wanted(world);
    boolean there = slot.disk() != Disk.NONE && slot.disk() != Disk.UNLINKED;
    if (!there || slot.volume() % 2 >= wanted % 2) {
      return world;
    }
    return slot.volume() / 2 == 0
        ? world.with(number, slot.on(1))
        : world.with(world.status().refusing(number));
  }

  static void edits(World world, World after, List<Transition> transitions) {
    var wish = world.wish();
    for (int volume = 0; volume < KINDS; volume++) {
      for (boolean replaces : List.of(true, false)) {
        var next = wish.volumes(volume, replaces);
        if (!next.equals(wish)) {
          transitions.add(
              new Transition(
                  "volumes %d%s".formatted(volume, replaces ? "" : ", members stay"),
                  after.with(next)));
        }
      }
    }
  }

  /** One more voter than wanted at most, and none is replaced while one is known to be unwell. */
  static void check(World world, ObservedCluster seen, Plan plan) {
    var begun = plan.step();
    boolean begins =
        begun != null
            && begun.replaces() != null
            && world.status().step() == null
            && !seen.hasLearner();
    if (begins && !seen.configured().stream().allMatch(ClusterMember::healthy)) {
      fail("a member is replaced for its volume while one is unwell: %s", world);
    }
    if (plan.action() instanceof Action.GrowVolume && world.budget().fills()) {
      boolean needed = world.count(slot -> slot.full() || slot.volume() % 2 == 1) > 0;
      if (!needed && world.cached() == null) {
        fail("a volume grows, and none is full: %s", world);
      }
    }
    if (plan.action() instanceof Action.PromoteLearner
        && seen.voters().size() > world.wish().replicas()) {
      fail("more voters than one beyond what is wanted: %s", world);
    }
  }

  static void checkGoal(World world) {
    if (world.budget().fills()) {
      checkGrown(world);
      return;
    }
    for (var slot : world.slots()) {
      if (slot.place() == Place.VOTER
          && world.wish().replaces()
          && slot.volume() != world.wish().volume()) {
        fail("a member keeps a volume that is not wanted: %s", world);
      }
    }
  }

  /** All are large if one was full, where they can become so. */
  private static void checkGrown(World world) {
    boolean fixed = world.wish().volume() / 2 == 1 && !world.wish().replaces();
    int large = world.count(slot -> slot.place() == Place.VOTER && slot.volume() % 2 == 1);
    for (var slot : world.slots()) {
      if (slot.place() == Place.VOTER
          && !fixed
          && slot.volume() % 2 == 0
          && (slot.full() || large > 0)) {
        fail("a member keeps a volume that is full, or smaller than others: %s", world);
      }
    }
  }
}
