/**
 * All policy of the operator, as pure functions: a spec, what was observed and the time make a
 * plan. Nothing here reads a clock, a file or the network.
 */
@NullMarked
package dev.quorate.operator.plan;

import org.jspecify.annotations.NullMarked;
