package dev.quorate.node.kv;

/** Where the pairs of an answer find room before they are kept; used by one thread at a time. */
public interface AnswerRoom {
  /** Has room for everything: for answers that cannot be large. */
  AnswerRoom UNBOUNDED =
      new AnswerRoom() {
        @Override
        public void take(long bytes) {}

        @Override
        public void giveBack(long bytes) {}
      };

  /** Asks for room for about so many bytes; what it throws if there is none ends the read. */
  void take(long bytes);

  /** What took so much is not kept after all. */
  void giveBack(long bytes);
}
