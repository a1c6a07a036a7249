package io.sluice.mqtt.connection;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.sluice.mqtt.auth.Peer;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a channel: the client itself, also behind a proxy that says whom it stands for. */
public final class PeerAddress {

    private static final AttributeKey<InetSocketAddress> PROXIED = AttributeKey.valueOf(PeerAddress.class, "proxied");

    private static final AttributeKey<Boolean> EXPECTED = AttributeKey.valueOf(PeerAddress.class, "expected");

    /** Goes through the pipeline when the proxy has said whom it stands for. */
    public static final Object KNOWN = new Object();

    private PeerAddress() {}

    /** The connection begins with the word of a proxy, before which nobody knows the client. On the channel's loop. */
    public static void expectProxied(Channel channel) {
        channel.attr(EXPECTED).set(true);
    }

    /** Whether the client's address is known, which is that of the socket where no proxy speaks for others. */
    static boolean isKnown(Channel channel) {
        return channel.attr(PROXIED).get() != null || !channel.hasAttr(EXPECTED);
    }

    /** Whether the client is on this machine, by its socket and not by anybody's word. */
    static boolean isOwnMachine(Channel channel) {
        return !channel.hasAttr(EXPECTED)
                && channel.remoteAddress() instanceof InetSocketAddress address
                && address.getAddress().isLoopbackAddress();
    }

    /** The proxy has said whom it stands for. On the channel's loop. */
    public static void proxied(Channel channel, InetSocketAddress client) {
        channel.attr(PROXIED).set(client);
    }

    /** The client's address: what the proxy has said, or the socket's. */
    public static InetSocketAddress of(Channel channel) {
        InetSocketAddress proxied = channel.attr(PROXIED).get();
        return proxied == null ? (InetSocketAddress) channel.remoteAddress() : proxied;
    }

    static Peer peer(Channel channel, String listener) {
        return new Peer(listener, of(channel), certificates(channel.pipeline().get(SslHandler.class)));
    }

    private static List<X509Certificate> certificates(@Nullable SslHandler tls) {
        if (tls == null) {
            return List.of();
        }
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : tls.engine().getSession().getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException withoutCertificate) {
            return List.of();
        }
        return chain;
    }
}
