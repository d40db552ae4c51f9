/** The status that people read: pure functions of what was observed and planned. */
@NullMarked
package dev.quorate.operator.status;

import org.jspecify.annotations.NullMarked;
