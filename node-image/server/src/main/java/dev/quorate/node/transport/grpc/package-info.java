/** The peer protocol over gRPC: one-way streams of message batches, and chunked states. */
@NullMarked
package dev.quorate.node.transport.grpc;

import org.jspecify.annotations.NullMarked;
