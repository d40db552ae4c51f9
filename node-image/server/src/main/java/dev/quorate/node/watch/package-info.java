/**
 * Watches: what the apply loop changes comes to the clients that watch it, in the order of
 * revisions, complete, each change once, and whole revisions at a time.
 *
 * <pre>
 *  apply loop          Applier -> ChangeListener.changed     nothing is recorded if nobody watches
 *                         | WatchHub: to each loop, bounded; what is too much becomes a gap
 *  watch loop          WatchLoop -> Dispatcher.changed
 *                         WatcherIndex.gather                live watches that are concerned
 *                         | Outbox.send, or Outbox.hold      while the client does not read
 *                         v CatchUp.add                      when that is too much
 *  client's event loop WatchClient.send
 *
 *  client's event loop WatchHandle.request, ready, close
 *  watch loop             | Dispatcher.request: create, cancel, progress
 *                         v CatchUp.turn                     watches that begin in the past
 *  history worker     KvReads.history                       a bounded piece of HISTORY
 *  watch loop          CatchUp.read                          serves all that are at that place
 * </pre>
 *
 * <p>A watch is either <i>live</i>: it stands in the index and gets what happens; or <i>behind</i>:
 * it knows the next revision it has to be told of, and nothing is kept for it. Behind are watches
 * that begin in the past, whose client does not read, or that all missed something because their
 * loop did not keep up or the member received a whole new state. A watch goes live when its next
 * revision is newer than what its loop has handed out. What is compacted before a watch gets there
 * ends it.
 *
 * <p>Nothing here can slow the apply loop down, and no client can slow another: a loop never waits.
 * Only large responses wait for each other, when many of them are with clients that do not read.
 */
@NullMarked
package dev.quorate.node.watch;

import org.jspecify.annotations.NullMarked;
