/**
 * How members speak with each other: best-effort messages and the transfer of whole states. {@code
 * grpc} implements it for networks; tests and the simulator bring their own.
 */
@NullMarked
package dev.quorate.node.transport;

import org.jspecify.annotations.NullMarked;
