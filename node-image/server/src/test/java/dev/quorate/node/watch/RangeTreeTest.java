package dev.quorate.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree against a look at every range. */
final class RangeTreeTest {
  private final RangeTree tree = new RangeTree();
  private final List<Watcher> all = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void findsWhatALookAtEveryRangeFinds(long seed) {
    var random = new SplittableRandom(seed);
    for (int step = 0; step < 2000; step++) {
      if (all.isEmpty() || random.nextInt(5) < 3) {
        var watcher = watcher(random);
        all.add(watcher);
        tree.add(watcher);
      } else {
        tree.remove(all.remove(random.nextInt(all.size())));
      }
      byte[] key = {(byte) random.nextInt(), (byte) random.nextInt(4)};
      var found = new ArrayList<Watcher>();
      tree.forEach(key, found::add);
      assertThat(found)
          .containsExactlyInAnyOrderElementsOf(
              all.stream().filter(watcher -> contains(watcher.span, key)).toList());
    }
    all.forEach(tree::remove);
    assertThat(tree.isEmpty()).isTrue();
  }

  private static boolean contains(KeySpan span, byte[] key) {
    var order = ByteString.unsignedLexicographicalComparator();
    var wanted = ByteString.copyFrom(key);
    var end = span.end();
    return order.compare(span.key(), wanted) <= 0
        && (end == null || order.compare(wanted, end) < 0);
  }

  @SuppressWarnings("NullAway")
  private static Watcher watcher(SplittableRandom random) {
    byte[] from = {(byte) random.nextInt(), (byte) random.nextInt(4)};
    byte[] end = {(byte) random.nextInt(), (byte) random.nextInt(4)};
    var request =
        WatchCreateRequest.newBuilder()
            .setKey(ByteString.copyFrom(from))
            .setRangeEnd(ByteString.copyFrom(random.nextInt(8) == 0 ? new byte[1] : end))
            .build();
    return new Watcher(null, 1, KeySpan.of(request), request);
  }
}
