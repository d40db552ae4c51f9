/**
 * What all tests ask of the machine they run on: the checkout, ports, programs to run to their end,
 * and servers as processes.
 */
@NullMarked
package dev.quorate.e2e.machine;

import org.jspecify.annotations.NullMarked;
