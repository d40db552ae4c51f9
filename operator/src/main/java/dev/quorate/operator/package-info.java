/** The operator: it keeps Raft clusters as their users want them, one safe step at a time. */
@NullMarked
package dev.quorate.operator;

import org.jspecify.annotations.NullMarked;
