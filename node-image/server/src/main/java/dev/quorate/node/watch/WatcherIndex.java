package dev.quorate.node.watch;

import com.google.protobuf.ByteString;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.Interest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who watches which keys: watches of one key by that key, watches of ranges in a tree. A change
 * costs nothing for watches that it does not concern, however many there are.
 */
final class WatcherIndex implements Interest {
  private final Map<ByteString, Set<Watcher>> byKey = new HashMap<>();
  private final RangeTree ranges = new RangeTree();

  void add(Watcher watcher) {
    if (watcher.span.single()) {
      byKey.computeIfAbsent(watcher.span.key(), _ -> new LinkedHashSet<>(2)).add(watcher);
    } else {
      ranges.add(watcher);
    }
  }

  void remove(Watcher watcher) {
    if (!watcher.span.single()) {
      ranges.remove(watcher);
      return;
    }
    var sharing = byKey.get(watcher.span.key());
    if (sharing != null && sharing.remove(watcher) && sharing.isEmpty()) {
      byKey.remove(watcher.span.key());
    }
  }

  private void forEach(ByteString key, Consumer<Watcher> visitor) {
    var watchers = byKey.get(key);
    if (watchers != null) {
      watchers.forEach(visitor);
    }
    if (!ranges.isEmpty()) {
      ranges.forEach(key.toByteArray(), visitor);
    }
  }

  /**
   * Puts each change down at the watchers that accept it, and returns these watchers, each once;
   * {@link Watcher#takeGathered} gives what was put down.
   */
  List<Watcher> gather(List<Change> changes) {
    var concerned = new ArrayList<Watcher>();
    for (var change : changes) {
      forEach(
          change.key(),
          watcher -> {
            if (watcher.accepts(change) && watcher.gather(change)) {
              concerned.add(watcher);
            }
          });
    }
    return concerned;
  }

  @Override
  public boolean covers(ByteString key) {
    var any = new boolean[1];
    forEach(key, _ -> any[0] = true);
    return any[0];
  }

  @Override
  public boolean needsPrevious(ByteString key) {
    var any = new boolean[1];
    forEach(key, watcher -> any[0] |= watcher.wantsPrevious);
    return any[0];
  }
}
