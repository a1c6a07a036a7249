package io.sluice.mqtt.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * Lets the kernel ask a silent peer whether it is still there, also while its socket is not read: a peer that has
 * vanished is noticed after two minutes instead of two hours, and a load balancer sees that the connection is in use.
 * Stateless.
 */
final class TcpKeepAlive {

    static final int IDLE_SECONDS = 60;
    static final int INTERVAL_SECONDS = 10;
    static final int PROBES = 6;

    private TcpKeepAlive() {}

    /** Sets the times, as far as the transport and the system know them. */
    static void configure(Channel channel) {
        // What a transport does not know it passes over, and says so by its result.
        set(channel, EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
        set(channel, EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
        set(channel, EpollChannelOption.TCP_KEEPCNT, PROBES);
        set(channel, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS);
        set(channel, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS);
        set(channel, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
    }

    private static void set(Channel channel, ChannelOption<Integer> option, int value) {
        channel.config().setOption(option, value);
    }
}
