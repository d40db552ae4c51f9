/** Doing: one action becomes one call of the platform or of a member. */
@NullMarked
package dev.quorate.operator.act;

import org.jspecify.annotations.NullMarked;
