package dev.quorate.node.transport.grpc;

import io.grpc.ChannelCredentials;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.List;

/**
 * What a member's outgoing connections are made of.
 *
 * @param advertisedPeerUrls where others reach this member; told to members that do not know it yet
 * @param eventLoops shared with the servers of this process
 */
public record PeerNetwork(
    List<String> advertisedPeerUrls,
    ChannelCredentials credentials,
    EventLoopGroup eventLoops,
    Class<? extends Channel> channelType) {}
