package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.Promised;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A crash between two changes.
 *
 * @param step how many changes were done before it
 * @param promises what had been promised, in order
 */
public record CrashPoint(int step, Survival survival, DiskImage image, List<Object> promises) {
  /** Every crash that leaves something else, or that may leave less, than another one. */
  public static List<CrashPoint> all(List<DiskChange> changes, long seed) {
    var model = new DiskModel();
    var promises = new ArrayList<Object>();
    var points = new ArrayList<CrashPoint>();
    for (int step = 0; step <= changes.size(); step++) {
      for (var survival : Survival.all(seed + step)) {
        points.add(new CrashPoint(step, survival, model.image(survival), List.copyOf(promises)));
      }
      if (step < changes.size()) {
        var change = changes.get(step);
        model.apply(change);
        if (change instanceof Promised(Object what)) {
          promises.add(what);
        }
      }
    }
    // Of crashes that leave the same, the last one has to keep the most promises.
    var known = new HashSet<DiskImage>();
    return points.reversed().stream().filter(point -> known.add(point.image())).toList().reversed();
  }

  /**
   * Puts what is left into a new directory, and returns the path by which to use it: nothing done
   * there is synced, because no second crash follows.
   */
  public Path restore(Path target) throws IOException {
    image.writeTo(target);
    return new RecordedDisk(target).root();
  }

  @Override
  public String toString() {
    return "crash after %d changes (%s)".formatted(step, survival);
  }
}
