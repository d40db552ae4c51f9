/**
 * When old revisions are compacted without anybody asking ({@code --auto-compaction-mode} and
 * {@code --auto-compaction-retention}). Pure: revisions and times in, the revision to compact out.
 */
@NullMarked
package dev.quorate.node.compaction;

import org.jspecify.annotations.NullMarked;
