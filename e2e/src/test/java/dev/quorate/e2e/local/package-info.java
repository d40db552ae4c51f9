/** The quickstart and its promises, with real processes on this machine. */
@NullMarked
package dev.quorate.e2e.local;

import org.jspecify.annotations.NullMarked;
