/** Clusters of node processes on this machine: real sockets, real disks, real signals. */
@NullMarked
package dev.quorate.e2e.processes;

import org.jspecify.annotations.NullMarked;
