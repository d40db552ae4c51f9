/** The node's main class: wiring, configuration and life. */
@NullMarked
package dev.quorate.node;

import org.jspecify.annotations.NullMarked;
