/** Tests of manifests and of processes on this machine. */
@NullMarked
package dev.quorate.operator.platform.local;

import org.jspecify.annotations.NullMarked;
