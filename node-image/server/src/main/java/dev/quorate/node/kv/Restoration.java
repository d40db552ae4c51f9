package dev.quorate.node.kv;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.storage.StateStorage;
import java.util.List;

/**
 * Makes the state of one cluster the beginning of another: the keys stay, the members are new, and
 * alarms are cleared.
 *
 * @param members the first members of the new cluster; equal on all of them, like the rest
 * @param addedRevisions so many revisions are passed over, so that none that the old cluster gave
 *     to a client after the snapshot is given a second time
 * @param markCompacted clients that watch or read at an old revision are told that it is compacted
 */
public record Restoration(List<Member> members, long addedRevisions, boolean markCompacted) {

  /**
   * Rewrites a state that was unpacked. Its applied entry stays: the log of the new cluster begins
   * behind it, so that indexes and terms only grow.
   */
  public void apply(StateStorage storage) {
    StoreState old;
    try (var view = storage.view()) {
      StoreFormat.check(view);
      old = StoreState.read(view);
    }
    var next = old.withApplied(old.applied(), Math.addExact(old.revision(), addedRevisions));
    if (markCompacted) {
      next = next.compacted(next.revision());
    }
    try (var batch = storage.batch()) {
      next.write(batch);
      MemberTable.of(members, next.applied().index()).write(batch);
      batch.commit();
    }
  }
}
