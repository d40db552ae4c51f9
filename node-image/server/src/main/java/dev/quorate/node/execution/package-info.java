/**
 * What a member's code runs on: a clock, loops, workers and chance. A node gives it threads, the
 * simulator virtual time. Whoever asks for the time or waits for it must do so through here.
 */
@NullMarked
package dev.quorate.node.execution;

import org.jspecify.annotations.NullMarked;
