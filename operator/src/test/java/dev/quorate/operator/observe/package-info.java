/** Tests of the way to members. */
@NullMarked
package dev.quorate.operator.observe;

import org.jspecify.annotations.NullMarked;
