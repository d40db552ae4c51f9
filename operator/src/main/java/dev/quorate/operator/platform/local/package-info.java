/**
 * Clusters as processes and directories of one machine, from the same manifests: for a first try,
 * for development, and for fast tests of faults.
 */
@NullMarked
package dev.quorate.operator.platform.local;

import org.jspecify.annotations.NullMarked;
