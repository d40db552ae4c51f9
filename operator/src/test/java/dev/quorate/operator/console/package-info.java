/** Tests of what people see. */
@NullMarked
package dev.quorate.operator.console;

import org.jspecify.annotations.NullMarked;
