/** Tests of whole passes over a cluster, with members and platform played by hand. */
@NullMarked
package dev.quorate.operator.reconcile;

import org.jspecify.annotations.NullMarked;
