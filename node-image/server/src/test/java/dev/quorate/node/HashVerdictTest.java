package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.peer.StateHash;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who holds something else, given what the members answer; member 1 leads and hashes to 10. */
final class HashVerdictTest {
  private static final StateHash LEADERS = hash(10);
  private static final StateHash NONE = StateHash.getDefaultInstance();
  private static final Set<Long> FINE = Set.of();
  private static final Set<Long> SOMEBODY = Set.of(HashVerdict.NOBODY_KNOWS);

  record Case(int members, Map<Long, StateHash> others, Set<Long> wrong) {}

  static Stream<Case> cases() {
    var missing = StateHash.newBuilder().setAlgorithm(1).setMissing(true).build();
    var compacted = StateHash.newBuilder().setAlgorithm(1).setCompacted(true).build();
    var later = hash(11).toBuilder().setCompactRevision(7).build();
    var another = hash(11).toBuilder().setAlgorithm(2).build();
    return Stream.of(
        new Case(1, Map.of(), FINE),
        new Case(3, Map.of(2L, hash(10), 3L, hash(10)), FINE),
        new Case(3, Map.of(2L, hash(10), 3L, hash(11)), Set.of(3L)),
        new Case(3, Map.of(2L, hash(11), 3L, hash(11)), Set.of(1L)),
        new Case(3, Map.of(2L, hash(11), 3L, hash(12)), SOMEBODY),
        new Case(3, Map.of(), FINE),
        new Case(3, Map.of(2L, hash(10)), FINE),
        new Case(3, Map.of(2L, hash(11)), SOMEBODY),
        new Case(2, Map.of(2L, hash(11)), SOMEBODY),
        new Case(5, Map.of(2L, hash(10), 3L, hash(10), 4L, hash(11), 5L, hash(12)), Set.of(4L, 5L)),
        new Case(5, Map.of(2L, hash(10), 3L, hash(11), 4L, hash(11), 5L, hash(12)), SOMEBODY),
        new Case(4, Map.of(2L, hash(10), 3L, hash(11), 4L, hash(11)), SOMEBODY),
        // A revision that is committed and was never applied.
        new Case(3, Map.of(2L, hash(10), 3L, missing), Set.of(3L)),
        // What cannot be compared accuses nobody, and does not defend either.
        new Case(3, Map.of(2L, hash(10), 3L, compacted), FINE),
        new Case(3, Map.of(2L, hash(10), 3L, later), FINE),
        new Case(3, Map.of(2L, hash(10), 3L, another), FINE),
        new Case(3, Map.of(2L, hash(11), 3L, later), SOMEBODY),
        new Case(3, Map.of(2L, hash(-1), 3L, hash(-1)), Set.of(1L)),
        new Case(3, Map.of(2L, NONE, 3L, NONE), FINE));
  }

  private static StateHash hash(int value) {
    return StateHash.newBuilder()
        .setAlgorithm(1)
        .setRevision(9)
        .setCompactRevision(5)
        .setHash(value)
        .build();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void namesTheOnesThatDiffer(Case one) {
    assertThat(HashVerdict.wrong(1, LEADERS, new TreeMap<>(one.others()), one.members()))
        .containsExactlyElementsOf(new TreeSet<>(one.wrong()));
  }
}
