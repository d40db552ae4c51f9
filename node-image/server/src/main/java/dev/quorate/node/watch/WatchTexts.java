package dev.quorate.node.watch;

/** etcd's words for why a watch is not created; clients compare them. */
final class WatchTexts {
  /** The id in responses that are about no watch, or about all of a stream. */
  static final long NO_WATCH = -1;

  static final String COMPACTED = "etcdserver: mvcc: required revision has been compacted";
  static final String EMPTY_RANGE = "mvcc: watcher range is empty";
  static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";

  /** etcd has no limit; these are its words for others. */
  static final String TOO_MANY = "etcdserver: too many requests";

  private WatchTexts() {}

  static String tooLarge(long revision) {
    return "quorate: the changes of revision "
        + revision
        + " in this range are more than this member's memory has room for; read the range, and watch"
        + " from the revision behind that of the answer";
  }
}
