/**
 * Tests of the core: each hands inputs to one node or a scripted cluster and looks at the output.
 */
@NullMarked
package dev.quorate.raft;

import org.jspecify.annotations.NullMarked;
