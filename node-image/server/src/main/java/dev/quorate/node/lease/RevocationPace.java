package dev.quorate.node.lease;

/**
 * How many revocations may begin: so many a second, in small bursts, and so many at a time. Leases
 * that end together must not crowd out what clients write.
 */
public final class RevocationPace {
  private static final long MILLISECONDS_PER_SECOND = 1000;

  private final int perSecond;
  private final int maxUnderWay;
  private final long fullCredit;

  /** In thousandths of a revocation, so that every millisecond adds a whole number. */
  private long credit;

  private long creditedMilliseconds;
  private int underWay;

  public RevocationPace(int perSecond, int burst, int maxUnderWay) {
    this.perSecond = perSecond;
    this.maxUnderWay = maxUnderWay;
    this.fullCredit = burst * MILLISECONDS_PER_SECOND;
    this.credit = fullCredit;
  }

  /** How many may begin now. */
  public int allowed(long nowMilliseconds) {
    long elapsed = Math.min(nowMilliseconds - creditedMilliseconds, MILLISECONDS_PER_SECOND);
    creditedMilliseconds = nowMilliseconds;
    credit = Math.min(fullCredit, credit + elapsed * perSecond);
    return (int) Math.min(credit / MILLISECONDS_PER_SECOND, maxUnderWay - underWay);
  }

  public void begun() {
    underWay++;
    credit -= MILLISECONDS_PER_SECOND;
  }

  public void ended() {
    underWay--;
  }

  /** When it is worth asking again; the end of time if only an end can help. */
  public long nextAllowedMilliseconds(long nowMilliseconds) {
    if (underWay >= maxUnderWay) {
      return Long.MAX_VALUE;
    }
    long missing = MILLISECONDS_PER_SECOND - credit;
    return missing <= 0 ? nowMilliseconds : nowMilliseconds + Math.ceilDiv(missing, perSecond);
  }
}
