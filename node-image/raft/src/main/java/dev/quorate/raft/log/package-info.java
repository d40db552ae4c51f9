/** The replicated log: entries, where they are, and the window of them that the core keeps. */
@NullMarked
package dev.quorate.raft.log;

import org.jspecify.annotations.NullMarked;
