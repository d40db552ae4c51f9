/** How long things take: nodes on virtual time, in which messages and disks are not instant. */
@NullMarked
package dev.quorate.raft.timing;

import org.jspecify.annotations.NullMarked;
