package io.sluice.mqtt.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import reactor.netty.NettyPipeline;

/** Makes a connection of a channel whose pipeline gives out packets. */
public interface ConnectionInitializer {

    /**
     * Adds the connection's handler, by {@link #addLast}. On the channel's loop, before the channel is active.
     *
     * <p>The channel does not read until the handler says so, by autoRead or by read(), even for a WebSocket's
     * handshake. The handler takes all packets, and passes on everything else but exceptions: that the channel has become
     * active and inactive above all, by which the server learns that the connection has ended.
     */
    void init(Channel channel, ListenerSettings settings);

    /** Adds the handler behind all that is there, but before the bridge by which Reactor Netty would take its packets. */
    static void addLast(Channel channel, String name, ChannelHandler handler) {
        if (channel.pipeline().get(NettyPipeline.ReactiveBridge) == null) {
            channel.pipeline().addLast(name, handler);
        } else {
            channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, name, handler);
        }
    }
}
