package io.sluice.benchmarks;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Event loops and the socket classes that go with them: epoll where its native library loads, else NIO. */
public record Transport(
        String name,
        EventLoopGroup loops,
        Class<? extends Channel> channelType,
        Class<? extends ServerChannel> serverChannelType) {

    public static Transport open(int threads, String threadName) {
        DefaultThreadFactory factory = new DefaultThreadFactory(threadName, true);
        if (Epoll.isAvailable()) {
            EventLoopGroup loops = new MultiThreadIoEventLoopGroup(threads, factory, EpollIoHandler.newFactory());
            return new Transport("epoll", loops, EpollSocketChannel.class, EpollServerSocketChannel.class);
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory());
        return new Transport("nio", loops, NioSocketChannel.class, NioServerSocketChannel.class);
    }

    /**
     * The address of a loopback host.
     *
     * @throws IllegalArgumentException for any other host: this is no tool to point at other people's servers
     */
    public static InetAddress loopback(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (address.isLoopbackAddress()) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--host: " + host + " (expected: a loopback address)", e);
        }
        throw new IllegalArgumentException("--host: " + host + " (expected: a loopback address)");
    }
}
