/** Who votes, and what a majority of them says. */
@NullMarked
package dev.quorate.raft.quorum;

import org.jspecify.annotations.NullMarked;
