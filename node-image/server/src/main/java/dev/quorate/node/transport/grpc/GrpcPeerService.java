package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.PeerGrpc;

/**
 * The receiving side on the peer port. It belongs to the server from the start; until a {@link
 * GrpcPeerTransport} runs on it, peers are told that there is no member here (UNAVAILABLE).
 */
public final class GrpcPeerService extends PeerGrpc.PeerImplBase {}
