package io.sluice.app.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.ListenerConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.config.TlsConfig;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.listener.ConnectRate;
import io.sluice.mqtt.listener.Listener;
import io.sluice.mqtt.listener.TlsContext;
import io.sluice.mqtt.listener.TlsFileException;
import io.sluice.mqtt.listener.TlsListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** The listeners of a running Sluice. Started on one thread, which may block; read by any. */
final class Listeners {

    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final SluiceConfig config;
    private final LoopResources loops;
    private final MeterRegistry registry;
    private final Closer closer;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final ConnectRate connectRate = ConnectRate.ofAll();
    private final Map<String, ConnectRate> connectRates = new ConcurrentHashMap<>();
    private final Map<String, TlsContext> contexts = new ConcurrentHashMap<>();
    private @Nullable ExecutorService cryptography;

    /**
     * @param loops of the connections
     * @param closer stops each listener
     */
    Listeners(SluiceConfig config, LoopResources loops, MeterRegistry registry, Closer closer) {
        this.config = config;
        this.loops = loops;
        this.registry = registry;
        this.closer = closer;
    }

    /**
     * Binds all of them.
     *
     * @throws IOException when one cannot be bound, or its certificate cannot be used
     */
    void bind(Connections connections, Authenticators authenticators) throws IOException {
        connectRate.limit(config.limits().connectRate().perSecond());
        for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
            bind(entry.getKey(), entry.getValue(), connections, authenticators);
        }
    }

    private void bind(String name, ListenerConfig listener, Connections connections, Authenticators authenticators)
            throws IOException {
        connections.register(
                name, Settings.connectionsMax(listener), authenticators.of(listener), authenticators.method(listener));
        ConnectRate rate = connectRate.ofListener();
        rate.limit(listener.limits().connectRate().perSecond());
        connectRates.put(name, rate);
        Listener bound = new Listener(
                        Settings.listener(name, listener, config),
                        tls(name, listener.type(), listener.tls()),
                        loops,
                        (channel, settings) -> connections.init(channel, settings.name()))
                .withRate(rate, registry);
        InetSocketAddress address = bound.start().block(BIND_TIMEOUT);
        Gauge.builder("sluice.listener.up", bound, self -> self.isListening() ? 1 : 0)
                .description("1 when the listener accepts")
                .tag("listener", name)
                .tag("type", listener.type().name().toLowerCase(Locale.ROOT))
                .strongReference(true)
                .register(registry);
        closer.add("listener " + name, () -> bound.close().block(STOP_TIMEOUT));
        ports.put(name, address == null ? 0 : address.getPort());
    }

    private @Nullable TlsListener tls(String name, ListenerConfig.Type type, @Nullable TlsConfig tls)
            throws IOException {
        if (tls == null) {
            return null;
        }
        try {
            TlsContext context = new TlsContext(tls.toSettings(type), cryptography());
            contexts.put(name, context);
            return new TlsListener(context, name, registry);
        } catch (TlsFileException e) {
            throw new IOException("listeners." + name + ".tls: " + e.getMessage(), e);
        }
    }

    /** Puts other limits in force. */
    void limit(SluiceConfig next) {
        connectRate.limit(next.limits().connectRate().perSecond());
        next.listeners().forEach((name, listener) -> {
            ConnectRate rate = connectRates.get(name);
            if (rate != null) {
                rate.limit(listener.limits().connectRate().perSecond());
            }
        });
    }

    /** A signature takes a millisecond and more, which the event loops have no time for. */
    private ExecutorService cryptography() {
        ExecutorService threads = cryptography;
        if (threads == null) {
            AtomicInteger number = new AtomicInteger();
            ExecutorService started =
                    Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
                        Thread thread = new Thread(task, "tls-" + number.getAndIncrement());
                        thread.setDaemon(true);
                        return thread;
                    });
            closer.add("tls", started::shutdownNow);
            cryptography = started;
            threads = started;
        }
        return threads;
    }

    /** The certificates and keys of the listeners that have TLS. */
    Reloader.Part certificates() {
        return new Reloader.Part() {
            @Override
            public List<Path> files() {
                return contexts.values().stream()
                        .flatMap(context -> context.files().stream())
                        .toList();
            }

            @Override
            public Runnable prepare() throws IOException {
                List<Runnable> changes = new ArrayList<>();
                for (Map.Entry<String, TlsContext> entry : contexts.entrySet()) {
                    try {
                        changes.add(entry.getValue().reload());
                    } catch (TlsFileException e) {
                        throw new IOException("listeners." + entry.getKey() + ".tls: " + e.getMessage(), e);
                    }
                }
                return () -> changes.forEach(Runnable::run);
            }
        };
    }

    /**
     * The port that a listener is bound to.
     *
     * @throws IllegalArgumentException when there is no such listener
     */
    int port(String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalArgumentException(
                    "listener: \"" + listener + "\" (expected: one of " + ports.keySet() + ")");
        }
        return port;
    }

    /** Listeners as people type them, by name. */
    Map<String, String> addresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        config.listeners().forEach((name, listener) -> {
            Integer port = ports.get(name);
            if (port != null) {
                String address = listener.bind().host() + ":" + port;
                addresses.put(
                        name,
                        switch (listener.type()) {
                            case TCP -> "mqtt://" + address;
                            case TLS -> "mqtts://" + address;
                            case WS -> "ws://" + address + listener.path();
                            case WSS -> "wss://" + address + listener.path();
                        });
            }
        });
        return addresses;
    }
}
