/** Small configurations, all of them, against a second implementation. */
@NullMarked
package dev.quorate.raft.quorum;

import org.jspecify.annotations.NullMarked;
