/** Seeds by the hundred, those that once failed, and tests of the checkers themselves. */
@NullMarked
package dev.quorate.simulator;

import org.jspecify.annotations.NullMarked;
