package dev.quorate.operator.platform;

/**
 * Where a member listens, as its peers and clients are told.
 *
 * @param peerUrl peers and {@code Admin}, for example {@code http://127.0.0.1:2380}
 * @param clientUrl clients, for example {@code http://127.0.0.1:2379}
 */
public record MemberAddress(String peerUrl, String clientUrl) {}
