package dev.quorate.operator.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.certificate.CertificateStep.AdoptAuthority;
import dev.quorate.operator.certificate.CertificateStep.Distribute;
import dev.quorate.operator.certificate.CertificateStep.Issue;
import dev.quorate.operator.certificate.CertificateStep.MakeAuthority;
import dev.quorate.operator.certificate.CertificateStep.PrepareNext;
import dev.quorate.operator.certificate.CertificateStep.Promote;
import dev.quorate.operator.certificate.CertificateStep.Retire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every order in which the operator takes its steps one by one, with an end between any two, two
 * members read the Secrets late and fall silent, and people delete Secrets: whatever each has read,
 * all believe each other, and in the end the old authority is gone.
 */
class CertificateExplorationTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final CertificateTimes TIMES =
      new CertificateTimes(Duration.ofDays(300), Duration.ofDays(30), Duration.ZERO);
  private static final int MOST_GENERATIONS = 3;
  private static final int MOST_CERTIFICATES = 4;

  /** What a Secret with a certificate holds, or what somebody read of it. */
  private record Held(int certificate, int issuer, List<Integer> believed) {}

  private record Own(int signing, boolean hasKey, int next, List<Integer> retired) {}

  private static final Own NOBODY = new Own(0, false, 0, List.of());

  private record State(
      @Nullable Own own,
      @Nullable Held members,
      @Nullable Held operator,
      Held first,
      Held second,
      boolean secondAnswers,
      int generations,
      int certificates,
      int deletions,
      boolean aged) {}

  @Test
  void allBelieveEachOtherWhateverHappensBetweenAnyTwoSteps() {
    var held = new Held(1, 1, List.of(1));
    var start =
        new State(
            new Own(1, true, 0, List.of()),
            held,
            new Held(2, 1, List.of(1)),
            held,
            held,
            true,
            1,
            2,
            0,
            false);
    var from = new HashMap<State, State>();
    var waiting = new ArrayDeque<State>();
    from.put(start, start);
    waiting.add(start);
    while (!waiting.isEmpty()) {
      var state = waiting.remove();
      assertThat(trust(state)).as(() -> "the way to it: " + way(from, state)).isTrue();
      for (var next : after(state)) {
        if (from.putIfAbsent(next, state) == null) {
          waiting.add(next);
        }
      }
    }
    assertThat(from).hasSizeGreaterThan(1_000);
    from.keySet().forEach(state -> assertSettles(state));
  }

  private static List<State> way(Map<State, State> from, State last) {
    var way = new ArrayList<State>();
    var state = last;
    var before = from.get(state);
    while (before != null && !before.equals(state)) {
      way.addFirst(state);
      state = before;
      before = from.get(state);
    }
    return way;
  }

  /** Members among each other, and with the operator where it has what it needs. */
  private static boolean trust(State state) {
    return believe(state.first, state.second)
        && believe(state.second, state.first)
        && (state.operator == null
            || (believe(state.operator, state.first)
                && believe(state.operator, state.second)
                && believe(state.first, state.operator)
                && believe(state.second, state.operator)));
  }

  private static boolean believe(Held one, Held other) {
    return one.believed.contains(other.issuer);
  }

  private static List<State> after(State state) {
    var next = new ArrayList<State>();
    var step = step(state);
    boolean bounded = state.certificates >= 2 + MOST_CERTIFICATES * MOST_GENERATIONS;
    if (step != null && !bounded) {
      next.add(take(state, step));
    }
    if (state.members != null) {
      next.add(read(state, state.members, state.second, state.secondAnswers));
      next.add(read(state, state.first, state.members, state.secondAnswers));
    }
    next.add(read(state, state.first, state.second, !state.secondAnswers));
    if (state.generations < MOST_GENERATIONS && !state.aged) {
      next.add(with(state, state.own, state.members, state.operator, state.deletions, true));
    }
    if (state.deletions < 2) {
      int deletions = state.deletions + 1;
      boolean whole = state.members != null && state.operator != null;
      if (whole && state.generations < MOST_GENERATIONS) {
        next.add(with(state, null, state.members, state.operator, deletions, state.aged));
      }
      // A certificate that is lost while nobody can sign is made by an authority that members need
      // not believe yet: then both are to be waited for.
      if (state.own != null && state.own.hasKey) {
        next.add(with(state, state.own, null, state.operator, deletions, state.aged));
        next.add(with(state, state.own, state.members, null, deletions, state.aged));
      }
    }
    return next;
  }

  private static State with(
      State state,
      @Nullable Own own,
      @Nullable Held members,
      @Nullable Held operator,
      int deletions,
      boolean aged) {
    return new State(
        own,
        members,
        operator,
        state.first,
        state.second,
        state.secondAnswers,
        state.generations,
        state.certificates,
        deletions,
        aged);
  }

  private static State read(State state, Held first, Held second, boolean secondAnswers) {
    return new State(
        state.own,
        state.members,
        state.operator,
        first,
        second,
        secondAnswers,
        state.generations,
        state.certificates,
        state.deletions,
        state.aged);
  }

  /** When everybody reads and answers, all is as it should be, and nothing is left to do. */
  private static void assertSettles(State begun) {
    var state = begun;
    for (int round = 0; round < 60; round++) {
      var step = step(state);
      if (step != null) {
        state = take(state, step);
      } else if (state.members != null) {
        state = read(state, state.members, state.members, true);
        if (step(state) == null) {
          break;
        }
      }
    }
    assertThat(step(state)).isNull();
    var own = Objects.requireNonNull(state.own);
    assertThat(own.next()).isZero();
    assertThat(own.retired()).isEmpty();
    assertThat(own.hasKey()).isTrue();
    for (var held : List.of(state.first, state.second)) {
      assertThat(held.issuer()).isEqualTo(own.signing());
      assertThat(held.believed()).containsExactly(own.signing());
    }
  }

  private static @Nullable CertificateStep step(State state) {
    return CertificatePlanner.plan(facts(state), TIMES, NOW).step();
  }

  private static AuthorityFacts facts(State state) {
    var leaves = new TreeMap<String, Leaf>();
    var found = new TreeSet<Integer>();
    if (state.members != null) {
      leaves.put("members", leaf(state.members));
      found.addAll(state.members.believed);
    }
    if (state.operator != null) {
      leaves.put("operator", leaf(state.operator));
      found.addAll(state.operator.believed);
    }
    var own = state.own;
    return new AuthorityFacts(
        own == null ? null : authority(own.signing, own.hasKey, state.aged),
        own == null || own.next == 0 ? null : authority(own.next, true, false),
        own == null
            ? List.of()
            : own.retired.stream().map(id -> authority(id, false, false)).toList(),
        new TreeSet<>(List.of("members", "operator")),
        leaves,
        found.stream().map(id -> authority(id, false, false)).toList(),
        List.of(
            use("first", state.first),
            state.secondAnswers ? use("second", state.second) : MemberUse.silent("second")));
  }

  private static Leaf leaf(Held held) {
    return new Leaf(
        "l" + held.certificate,
        "c" + held.issuer,
        NOW,
        NOW.plus(TIMES.leafLife()),
        true,
        ids(held.believed));
  }

  private static MemberUse use(String name, Held held) {
    return new MemberUse(name, true, ids(held.believed), "l" + held.certificate);
  }

  private static SortedSet<String> ids(List<Integer> numbers) {
    var ids = new TreeSet<String>();
    numbers.forEach(number -> ids.add("c" + number));
    return ids;
  }

  private static Authority authority(int number, boolean hasKey, boolean aged) {
    var made = aged ? NOW.minus(Duration.ofDays(250)) : NOW;
    return new Authority("c" + number, made, made.plus(TIMES.authorityLife()), hasKey);
  }

  private static State take(State state, CertificateStep step) {
    var own = Objects.requireNonNullElse(state.own, NOBODY);
    int fresh = state.generations + 1;
    return switch (step) {
      case MakeAuthority _ -> owning(state, new Own(fresh, true, 0, List.of()), fresh, false);
      case AdoptAuthority(var signing, var retired) ->
          owning(
              state,
              new Own(
                  number(signing),
                  false,
                  fresh,
                  retired.stream().map(CertificateExplorationTest::number).toList()),
              fresh,
              false);
      case PrepareNext _ ->
          owning(state, new Own(own.signing, own.hasKey, fresh, own.retired), fresh, state.aged);
      case Promote _ -> {
        var retired = new ArrayList<>(own.retired);
        retired.add(own.signing);
        yield owning(state, new Own(own.next, true, 0, retired), state.generations, false);
      }
      case Retire _ ->
          owning(state, new Own(own.signing, true, own.next, List.of()), state.generations, false);
      case Issue(var leaf, boolean byNext) ->
          holding(
              state,
              leaf,
              new Held(state.certificates + 1, byNext ? own.next : own.signing, believed(own)),
              state.certificates + 1);
      case Distribute(var leaf) -> {
        var held = Objects.requireNonNull(leaf.equals("members") ? state.members : state.operator);
        yield holding(
            state,
            leaf,
            new Held(held.certificate, held.issuer, believed(own)),
            state.certificates);
      }
    };
  }

  private static State owning(State state, Own own, int generations, boolean aged) {
    return new State(
        own,
        state.members,
        state.operator,
        state.first,
        state.second,
        state.secondAnswers,
        generations,
        state.certificates,
        state.deletions,
        aged);
  }

  private static State holding(State state, String leaf, Held held, int certificates) {
    return new State(
        state.own,
        leaf.equals("members") ? held : state.members,
        leaf.equals("operator") ? held : state.operator,
        state.first,
        state.second,
        state.secondAnswers,
        state.generations,
        certificates,
        state.deletions,
        state.aged);
  }

  private static List<Integer> believed(Own own) {
    var all = new TreeSet<>(own.retired);
    all.add(own.signing);
    if (own.next != 0) {
      all.add(own.next);
    }
    return List.copyOf(all);
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(1));
  }
}
