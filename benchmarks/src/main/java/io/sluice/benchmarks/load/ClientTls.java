package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 as the devices of a {@link ConnectLoop} speak it: each has a cache of its own. Whose certificate the server has is
 * not looked at, for it is the server that is measured.
 */
public final class ClientTls {

    private static final String HOST = "localhost";

    private final List<SslContext> devices = new ArrayList<>();
    private final boolean resumes;

    /**
     * @param keys what the clients show, or null for nothing
     * @param resumes whether a device comes back to its TLS session (RFC 8446, section 2.2), or makes a new one each time
     */
    public ClientTls(int devices, @Nullable KeyManagerFactory keys, boolean resumes) throws SSLException {
        this.resumes = resumes;
        for (int i = 0; i < devices; i++) {
            this.devices.add(SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3")
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .keyManager(keys)
                    .build());
        }
    }

    /** Whether its devices come back to their TLS sessions. */
    public boolean resumes() {
        return resumes;
    }

    SslHandler handler(int device, int port, ByteBufAllocator allocator) {
        SslContext context = devices.get(device);
        // The JDK looks for a session by host and port: without them it has none.
        return resumes ? context.newHandler(allocator, HOST, port) : context.newHandler(allocator);
    }
}
