/** Values and checks that everything else in the core stands on. */
@NullMarked
package dev.quorate.raft.check;

import org.jspecify.annotations.NullMarked;
