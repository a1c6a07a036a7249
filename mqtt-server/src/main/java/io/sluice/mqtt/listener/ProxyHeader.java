package io.sluice.mqtt.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.util.NetUtil;
import io.sluice.mqtt.connection.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes the PROXY header with which a connection begins (HAProxy's PROXY protocol 1 and 2): from there on the client's
 * address is the one that it says. A connection without, with another version, or by somebody who may not speak for
 * others, is closed. Confined to its loop; leaves when it has the header.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {

    static final String NAME = "proxyHeader";

    /** The header of version 2 ends at 536 bytes: what it may hold besides the addresses, at most. */
    private static final int EXTENSION_BYTES_MAX = 536 - 232;

    /** A header of version 2 up to what it says of its own length, and how long it may be besides. */
    private static final int FIXED_BYTES = 16;

    private static final int BYTES_MAX = 536;

    private static final String FIRST_BYTE = "proxyFirstByte";
    private static final String DECODER = "proxyDecoder";

    private final HAProxyProtocolVersion expected;

    private ProxyHeader(HAProxyProtocolVersion expected) {
        this.expected = expected;
    }

    /** Adds the handlers. On the channel's loop, before anything is read. */
    static void add(Channel channel, ProxySettings.Version version) {
        PeerAddress.expectProxied(channel);
        ConnectionInitializer.addLast(channel, FIRST_BYTE, new FirstByte(version));
        ConnectionInitializer.addLast(channel, DECODER, new HAProxyMessageDecoder(EXTENSION_BYTES_MAX, true));
        ConnectionInitializer.addLast(
                channel,
                NAME,
                new ProxyHeader(
                        version == ProxySettings.Version.V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2));
    }

    /** Lets nothing in: the peer is not one of those who may speak for others. On the channel's loop. */
    static void refuse(Channel channel) {
        ConnectionInitializer.addLast(channel, NAME, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ctx.fireChannelActive();
                ctx.fireExceptionCaught(new HAProxyProtocolException("PROXY header: " + channel.remoteAddress()
                        + " may not send one (expected: one of proxy-peers)"));
            }
        });
    }

    /** The decoder waits for the end of a line: a client that sends something else need not wait with it. */
    private static final class FirstByte extends ChannelInboundHandlerAdapter {
        private final ProxySettings.Version version;

        FirstByte(ProxySettings.Version version) {
            this.version = version;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws HAProxyProtocolException {
            if (msg instanceof ByteBuf bytes && bytes.isReadable()) {
                byte first = bytes.getByte(bytes.readerIndex());
                if (first != (version == ProxySettings.Version.V1 ? 'P' : '\r')) {
                    bytes.release();
                    throw new HAProxyProtocolException("PROXY header: none (expected: version " + version + ")");
                }
                if (isTooLong(bytes)) {
                    bytes.release();
                    throw new HAProxyProtocolException("PROXY header: longer than " + BYTES_MAX + " bytes");
                }
                ctx.pipeline().remove(this);
            }
            ctx.fireChannelRead(msg);
        }
    }

    /** The decoder would wait for all of it; one that comes in parts ends with mqtt.connect-timeout. */
    private static boolean isTooLong(ByteBuf bytes) {
        int start = bytes.readerIndex();
        return bytes.getByte(start) == '\r'
                && bytes.readableBytes() >= FIXED_BYTES
                && FIXED_BYTES + bytes.getUnsignedShort(start + FIXED_BYTES - 2) > BYTES_MAX;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws HAProxyProtocolException {
        if (!(msg instanceof HAProxyMessage header)) {
            ctx.fireChannelRead(msg);
            return;
        }
        try {
            if (header.protocolVersion() != expected) {
                throw new HAProxyProtocolException(
                        "PROXY header: version " + header.protocolVersion() + " (expected: " + expected + ")");
            }
            // LOCAL is the proxy itself, e.g. asking whether we live: its own address stands.
            if (header.command() == HAProxyCommand.PROXY) {
                InetSocketAddress client = client(header);
                if (client != null) {
                    PeerAddress.proxied(ctx.channel(), client);
                    ctx.fireUserEventTriggered(PeerAddress.KNOWN);
                }
            }
        } finally {
            header.release();
        }
        ctx.pipeline().remove(this);
    }

    /** What the header says, or null when it says that it does not know. */
    private static @Nullable InetSocketAddress client(HAProxyMessage header) {
        return switch (header.proxiedProtocol()) {
            case TCP4, TCP6 -> address(header.sourceAddress(), header.sourcePort());
            default -> null;
        };
    }

    private static InetSocketAddress address(String text, int port) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(text);
        if (address == null) {
            throw new HAProxyProtocolException("PROXY header: source address (expected: an IP address)");
        }
        return new InetSocketAddress(address, port);
    }
}
