package dev.quorate.node.kv;

/** Whole numbers in as few bytes as they need, seven bits each, the lowest first. */
final class VarInts {
  /** What one number takes at the most. */
  static final int MAX_BYTES = 10;

  private VarInts() {}

  /** Writes a number and returns the place behind it. */
  static int write(byte[] row, int at, long number) {
    long rest = number;
    int place = at;
    while ((rest & ~0x7FL) != 0) {
      row[place++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    row[place++] = (byte) rest;
    return place;
  }

  /** How many whole numbers there are from a place on, if there is nothing else. */
  static int count(byte[] row, int from) {
    int count = 0;
    for (int at = from; at < row.length; at++) {
      if (row[at] >= 0) {
        count++;
      }
    }
    return count;
  }

  /** Reads number after number from a row. */
  static final class In {
    private final byte[] row;
    private int at;

    In(byte[] row, int at) {
      this.row = row;
      this.at = at;
    }

    long next() {
      long number = 0;
      for (int shift = 0; ; shift += 7) {
        byte piece = row[at++];
        number |= (long) (piece & 0x7F) << shift;
        if (piece >= 0) {
          return number;
        }
      }
    }

    int at() {
      return at;
    }
  }
}
