package dev.quorate.operator.plan;

/** What a member's node says of itself, or why it could not be asked. */
public sealed interface NodeReport {
  /** The node did not answer; what it last said does not count. */
  record Unreachable(String why) implements NodeReport {}

  /**
   * An answer of the node.
   *
   * @param reason why it does not serve, for people; empty when all is well
   * @param leaderId whom it follows; 0 for nobody
   * @param dataReadableFrom the oldest version that can read its data; empty if it does not say
   * @param certificates what it shows and whom it believes
   * @param disk what its data is on
   */
  record Reachable(
      State state,
      Fault fault,
      String reason,
      String version,
      long clusterId,
      long memberId,
      Role role,
      long leaderId,
      long term,
      long appliedIndex,
      long databaseBytes,
      String dataReadableFrom,
      CertificatesInUse certificates,
      Disk disk)
      implements NodeReport {
    /** One that does not say anything of its disk. */
    public Reachable(
        State state,
        Fault fault,
        String reason,
        String version,
        long clusterId,
        long memberId,
        Role role,
        long leaderId,
        long term,
        long appliedIndex,
        long databaseBytes,
        String dataReadableFrom,
        CertificatesInUse certificates) {
      this(
          state,
          fault,
          reason,
          version,
          clusterId,
          memberId,
          role,
          leaderId,
          term,
          appliedIndex,
          databaseBytes,
          dataReadableFrom,
          certificates,
          Disk.UNKNOWN);
    }
  }

  /**
   * The disk that a member's data is on.
   *
   * @param totalBytes 0 where nothing is known of it
   * @param usedPercent in steps, which nodes make so that it does not change with every write
   */
  record Disk(long totalBytes, int usedPercent, SpaceAlarm alarm) {
    public static final Disk UNKNOWN = new Disk(0, 0, SpaceAlarm.NONE);
  }

  /** Why a member lets nobody put anything. */
  enum SpaceAlarm {
    NONE,
    /** Its disk is full; it ends that itself when there is space again. */
    DISK_FULL,
    /** The data is over its quota, or somebody wants it so; somebody has to end it. */
    RAISED_OTHERWISE
  }

  /** Where a node is in its life. */
  enum State {
    IDLE,
    RUNNING,
    PAUSED,
    TERMINATED,
    UNKNOWN
  }

  /** What a node cannot mend by itself. */
  enum Fault {
    NONE,
    DATA_LOST,
    FORMAT_TOO_NEW,
    DISK_FAILED
  }

  /** The part that a node plays in Raft. */
  enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    LEARNER,
    NONE
  }
}
