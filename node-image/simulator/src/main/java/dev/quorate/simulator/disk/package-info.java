/**
 * A file system in memory with the manners of a disk: what was not synced may be lost in a power
 * cut, in part, sector by sector; names may be lost until their directory is synced; writes and
 * syncs fail, the space runs out, bits flip. {@link DiskTree} holds what there is, the rest makes
 * it a {@link java.nio.file.FileSystem}, so that the node's own code for files runs on it.
 */
@NullMarked
package dev.quorate.simulator.disk;

import org.jspecify.annotations.NullMarked;
