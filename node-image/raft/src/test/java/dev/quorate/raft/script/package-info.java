/**
 * Scripted clusters: commands with their expected output, which {@code -Drewrite=true} rewrites.
 */
@NullMarked
package dev.quorate.raft.script;

import org.jspecify.annotations.NullMarked;
