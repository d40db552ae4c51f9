/** What people see of a cluster that runs on their machine. */
@NullMarked
package dev.quorate.operator.console;

import org.jspecify.annotations.NullMarked;
