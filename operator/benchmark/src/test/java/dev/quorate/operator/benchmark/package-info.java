/** The benchmark itself, with few clusters, and its parts. */
@NullMarked
package dev.quorate.operator.benchmark;

import org.jspecify.annotations.NullMarked;
