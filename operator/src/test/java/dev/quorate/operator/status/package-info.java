/** Tests of what people read. */
@NullMarked
package dev.quorate.operator.status;

import org.jspecify.annotations.NullMarked;
