package dev.quorate.node.kv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whoever wants to know what changes in the store; called by the apply loop, must not block. */
public interface ChangeListener {
  /** Wants to know nothing. */
  ChangeListener NONE =
      new ChangeListener() {
        @Override
        public void opened(KvStateMachine machine) {}

        @Override
        public boolean listens() {
          return false;
        }

        @Override
        public void changed(long before, long revision, @Nullable List<Change> changes) {}
      };

  /** The state is this one from now on: at the start, and when another one was received. */
  void opened(KvStateMachine machine);

  /** Whether changes need to be recorded at all; asked before every round. */
  boolean listens();

  /**
   * A round has brought the store from one revision to another. Readers see it already; its clients
   * are not answered yet.
   *
   * @param changes in their order; null if they were not recorded because nobody listened when the
   *     round began
   */
  void changed(long before, long revision, @Nullable List<Change> changes);
}
