package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Wish;
import dev.quorate.operator.plan.WorldSteps.Transition;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of a {@link World}: 0 and 1 are a small and a large one of a class that lets them
 * grow, 2 and 3 of another class, which does not.
 */
final class WorldVolumes {
  static final int KINDS = 4;

  private WorldVolumes() {}

  static VolumeFit fit(Slot slot, Wish wish) {
    if (slot.disk() == Disk.NONE || slot.disk() == Disk.UNLINKED) {
      return VolumeFit.UNKNOWN;
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
        : Failure.of(
            new Action.GrowVolume(World.name(refused)), Platform.CANNOT_GROW, World.LONG_AGO);
  }

  /** A class is never changed by growing. */
  static World grown(World world, int number) {
    var slot = world.slot(number);
    int wanted = world.wish().volume();
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
    if (plan.action() instanceof Action.PromoteLearner
        && seen.voters().size() > world.wish().replicas()) {
      fail("more voters than one beyond what is wanted: %s", world);
    }
  }

  static void checkGoal(World world) {
    for (var slot : world.slots()) {
      if (slot.place() == Place.VOTER
          && world.wish().replaces()
          && slot.volume() != world.wish().volume()) {
        fail("a member keeps a volume that is not wanted: %s", world);
      }
    }
  }
}
