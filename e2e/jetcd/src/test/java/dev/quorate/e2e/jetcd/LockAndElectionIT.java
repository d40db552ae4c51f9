package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.failure;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static dev.quorate.e2e.jetcd.Jetcd.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.ProcessCluster;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.election.NoLeaderException;
import io.etcd.jetcd.election.NotLeaderException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** jetcd's Lock and Election, with two clients of different members that want the same. */
@ExtendWith(ThreeNodes.class)
final class LockAndElectionIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Client one;
  private final Client two;

  LockAndElectionIT(ProcessCluster cluster) {
    one = Jetcd.builder(cluster.nodes().subList(0, 1)).build();
    two = Jetcd.builder(cluster.nodes().subList(1, 2)).build();
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private static long lease(Client client) {
    return get(client.getLeaseClient().grant(60)).getID();
  }

  private void awaitKeys(String prefix, int count) {
    var option = io.etcd.jetcd.options.GetOption.builder().isPrefix(true).withCountOnly(true);
    await(count + " keys of " + prefix)
        .atMost(LIMIT)
        .until(() -> get(one.getKVClient().get(bytes(prefix), option.build())).getCount() == count);
  }

  @Test
  void aLockIsHeldByOneAndThenByTheOther() {
    var first = get(one.getLockClient().lock(bytes("lock"), lease(one)));
    assertThat(text(first.getKey())).startsWith("lock/");
    var second = two.getLockClient().lock(bytes("lock"), lease(two));
    awaitKeys("lock/", 2);
    assertThat(second).isNotDone();
    get(one.getLockClient().unlock(first.getKey()));
    get(two.getLockClient().unlock(get(second).getKey()));
    awaitKeys("lock/", 0);
  }

  @Test
  void aLockEndsWithItsLease() {
    long lease = lease(one);
    get(one.getLockClient().lock(bytes("leased"), lease));
    var waiting = two.getLockClient().lock(bytes("leased"), lease(two));
    awaitKeys("leased/", 2);
    get(one.getLeaseClient().revoke(lease));
    assertThat(text(get(waiting).getKey())).startsWith("leased/");
  }

  /** The values that those who led have proclaimed. */
  private static final class Proclaimed implements Election.Listener {
    final List<String> values = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(LeaderResponse response) {
      values.add(text(response.getKv().getValue()));
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(failure);
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void whoCampaignsLeadsProclaimsAndResigns() {
    var name = bytes("election");
    var seen = new Proclaimed();
    two.getElectionClient().observe(name, seen);
    var elected = get(one.getElectionClient().campaign(name, lease(one), bytes("one")));
    assertThat(text(elected.getLeader().getKey())).startsWith("election/");
    assertThat(elected.getLeader().getName()).isEqualTo(name);
    assertThat(elected.getLeader().getRevision()).isPositive();
    awaitValue(seen, "one");

    var other = two.getElectionClient().campaign(name, lease(two), bytes("two"));
    awaitKeys("election/", 2);
    assertThat(other).isNotDone();
    get(one.getElectionClient().proclaim(elected.getLeader(), bytes("one again")));
    assertThat(text(get(two.getElectionClient().leader(name)).getKv().getValue()))
        .isEqualTo("one again");
    awaitValue(seen, "one again");

    get(one.getElectionClient().resign(elected.getLeader()));
    var next = get(other).getLeader();
    awaitValue(seen, "two");
    assertThat(seen.values).containsExactly("one", "one again", "two");
    assertThat(seen.failures).isEmpty();
    get(two.getElectionClient().resign(next));
  }

  private static void awaitValue(Proclaimed seen, String value) {
    await(value)
        .atMost(LIMIT)
        .until(() -> !seen.values.isEmpty() && seen.values.getLast().equals(value));
  }

  @Test
  void whoDoesNotLeadIsToldSoInTheWordsThatJetcdKnows() {
    var name = bytes("nobody");
    var elections = one.getElectionClient();
    assertThat(failure(elections.leader(name))).isInstanceOf(NoLeaderException.class);
    var leader = get(elections.campaign(name, lease(one), bytes("one"))).getLeader();
    get(elections.resign(leader));
    assertThat(failure(elections.proclaim(leader, bytes("late"))))
        .isInstanceOf(NotLeaderException.class);
  }
}
