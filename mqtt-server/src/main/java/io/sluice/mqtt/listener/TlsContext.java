package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * The TLS of one listener. Its files may be read again at any time: handshakes from then on use what they hold now, and
 * nobody who is connected notices. Safe for all threads.
 */
public final class TlsContext {

    private final TlsSettings settings;
    private final Executor cryptography;
    private volatile Loaded loaded;

    private record Loaded(SslContext context, Date expiry) {}

    /**
     * Reads the files. Blocks.
     *
     * @param cryptography what takes time in a handshake is computed there, not on the event loops
     * @throws TlsFileException when they cannot be used
     */
    public TlsContext(TlsSettings settings, Executor cryptography) throws TlsFileException {
        this.settings = settings;
        this.cryptography = cryptography;
        this.loaded = load(settings);
    }

    /**
     * Reads the files without using them. Blocks.
     *
     * @throws TlsFileException when they cannot be used
     */
    public static void check(TlsSettings settings) throws TlsFileException {
        load(settings);
    }

    /**
     * Reads the files again. Blocks.
     *
     * @return what puts them in force
     * @throws TlsFileException when they cannot be used
     */
    public Runnable reload() throws TlsFileException {
        Loaded next = load(settings);
        return () -> loaded = next;
    }

    /** All files that are read. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>(settings.certificates());
        files.addAll(settings.keys());
        Stream.of(settings.keyStore(), settings.clientCa(), settings.crl())
                .filter(Objects::nonNull)
                .forEach(files::add);
        return files;
    }

    /** When the first of the certificates in force expires, in ms since 1970. */
    public long expiryEpochMillis() {
        return loaded.expiry.getTime();
    }

    /** Registers the time at which the certificate in force expires. */
    public void bindTo(MeterRegistry registry, String listener) {
        Gauge.builder("sluice.tls.certificate.expiry.timestamp.seconds", this, self -> self.expiryEpochMillis() / 1e3)
                .description("notAfter of the certificate served")
                .tag("listener", listener)
                .strongReference(true)
                .register(registry);
    }

    int handshakesMax() {
        return settings.handshakesMax();
    }

    /** The handler of a new channel. On its loop. */
    SslHandler handler(Channel channel) {
        SslHandler handler = loaded.context.newHandler(channel.alloc(), cryptography);
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setUseCipherSuitesOrder(true);
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeout(settings.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    private static Loaded load(TlsSettings settings) throws TlsFileException {
        TlsMaterial material = TlsMaterial.read(settings);
        SslContextBuilder builder = SslContextBuilder.forServer(material.keyManagers())
                .sslProvider(provider(settings.engine()))
                .protocols(settings.protocols())
                .ciphers(settings.ciphers(), SupportedCipherSuiteFilter.INSTANCE)
                .clientAuth(clientAuth(settings.clientAuth()))
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        // RFC 7301: who names protocols and none of ours is refused, by no_application_protocol. Netty
                        // can't say so to OpenSSL: there the handshake goes on without one.
                        settings.engine() == TlsSettings.Engine.JDK
                                ? SelectorFailureBehavior.FATAL_ALERT
                                : SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        settings.alpn()));
        if (material.trustManagers() != null) {
            builder.trustManager(material.trustManagers());
        }
        try {
            return new Loaded(builder.build(), material.expiry());
        } catch (SSLException e) {
            throw new IllegalStateException("tls: " + e.getMessage(), e);
        }
    }

    private static SslProvider provider(TlsSettings.Engine engine) {
        if (engine == TlsSettings.Engine.JDK) {
            return SslProvider.JDK;
        }
        OpenSsl.ensureAvailability();
        return SslProvider.OPENSSL;
    }

    private static ClientAuth clientAuth(TlsSettings.ClientAuth clientAuth) {
        return switch (clientAuth) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRE -> ClientAuth.REQUIRE;
        };
    }
}
