/**
 * What all tests ask of the machine they run on: the checkout, and programs to run to their end.
 */
@NullMarked
package dev.quorate.e2e.machine;

import org.jspecify.annotations.NullMarked;
