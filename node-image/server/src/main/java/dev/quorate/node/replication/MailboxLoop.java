package dev.quorate.node.replication;

import dev.quorate.node.execution.Loop;
import java.util.List;
import java.util.function.LongSupplier;

/** A loop whose work comes through a mailbox. */
record MailboxLoop<T>(Mailbox<T> mailbox, LongSupplier nextWakeUpNanos, Turn<T> work)
    implements Loop {
  /** One turn; the list may be empty when the loop asked to be woken. */
  @FunctionalInterface
  interface Turn<T> {
    void run(List<T> items) throws Exception;
  }

  @Override
  public boolean hasWork(Runnable wake) {
    return mailbox.hasItems(wake);
  }

  @Override
  public long restUntilNanos() {
    return nextWakeUpNanos.getAsLong();
  }

  @Override
  public void turn() throws Exception {
    work.run(mailbox.take());
  }

  @Override
  public void close() {
    mailbox.close();
  }

  @Override
  public boolean hasEnded() {
    return mailbox.isExhausted();
  }
}
