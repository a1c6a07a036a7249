package io.sluice.app.runtime;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.app.BuildInfo;
import io.sluice.app.config.ListenerConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.management.Health;
import io.sluice.app.management.LoopWatch;
import io.sluice.app.management.ManagementServer;
import io.sluice.app.management.ProcessMeters;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.egress.EgressSettings;
import io.sluice.kafka.egress.KafkaEgress;
import io.sluice.kafka.ingress.KafkaIngress;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.connection.NettyLoop;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.listener.Listener;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.router.WillPublisher;
import io.sluice.mqtt.session.SessionContext;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.Sessions;
import io.sluice.mqtt.session.Sweeps;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.store.InMemorySessionStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/**
 * A running Sluice. Starts and stops on the caller's thread, which may block; the order of the statements in
 * {@link #start} is the order of the start: Kafka, its topics, the way in and the way out, the state, the listeners.
 */
public final class Sluice implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Sluice.class);
    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final SluiceConfig config;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Closer closer = new Closer();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final List<Loop> loops = new ArrayList<>();
    private final LoopResources loopResources;
    private final Health health;
    private final ManagementServer management;
    private String bootstrapServers = "";

    private Sluice(SluiceConfig config) {
        this.config = config;
        loopResources = LoopResources.create("loop", Runtime.getRuntime().availableProcessors(), true);
        closer.add("event loops", () -> loopResources
                .disposeLater(Duration.ZERO, Duration.ofSeconds(2))
                .block(STOP_TIMEOUT));
        loopResources
                .onServer(LoopResources.DEFAULT_NATIVE)
                .forEach(loop -> loops.add(new NettyLoop((EventLoop) loop, Clock.systemUTC())));
        closer.add("meters", registry::close);
        closer.add("process meters", ProcessMeters.bindTo(registry, BuildInfo.current()));
        LoopWatch watch = LoopWatch.start(loops, registry, System::nanoTime);
        closer.add("loop watch", watch::stop);
        health = new Health(watch);
        management = bindManagement();
    }

    /**
     * Starts everything; returns when clients may connect. While Kafka is away it waits.
     *
     * @throws IOException when the embedded Kafka or a listener cannot start
     */
    public static Sluice start(SluiceConfig config) throws IOException {
        Sluice sluice = new Sluice(config);
        try {
            sluice.start();
            return sluice;
        } catch (IOException | RuntimeException failure) {
            sluice.closer.close();
            throw failure;
        }
    }

    private void start() throws IOException {
        bootstrapServers = startKafka();
        KafkaSettings kafka = Settings.kafka(config, bootstrapServers);
        RuleSet rules = RuleSet.of(Settings.ingressRules(config), config.egressRules());
        KafkaUp up = new KafkaUp(registry);
        TopicSettings topicSettings = Settings.topics(config);
        TopicDirectory directory = new TopicDirectory(kafka, topicSettings, up);
        closer.add("topic directory", directory);
        TopicProvisioner provisioner = new TopicProvisioner(directory, topicSettings, rules::isReadable, registry);
        KafkaIngress ingress = new KafkaIngress(
                kafka,
                Settings.ingress(config, Runtime.getRuntime().maxMemory()),
                new KafkaIngress.Surroundings(rules, directory, provisioner, up, registry));
        closer.add("ingress", () -> ingress.close(STOP_TIMEOUT));
        KafkaEgress egress = new KafkaEgress(kafka, EgressSettings.DEFAULTS, rules, directory, registry);
        closer.add("egress", egress);

        SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
        SessionMeters sessionMeters = new SessionMeters(registry);
        Fanout fanout = new Fanout(index, sessionMeters, config.limits().handoverBatches(), registry);
        fanout.onRoom(egress::resume);
        egress.start(fanout);
        directory.start();
        awaitTopics(directory);

        InMemoryRetainedStore retained =
                new InMemoryRetainedStore(config.limits().retainedMessages(), registry);
        PublishRouter router = new PublishRouter(ingress, retained);
        WillPublisher wills = new WillPublisher(router, loops.get(0), registry);
        InMemorySessionStore store = new InMemorySessionStore(loops.get(0), new StoreEvents(wills, sessionMeters));
        Sessions sessions = new Sessions(
                store,
                new SessionContext(
                        Settings.sessions(config),
                        index,
                        egress,
                        startSweeps(egress, fanout, sessionMeters),
                        retained,
                        fanout::tails,
                        wills::publish,
                        sessionMeters));
        health.onStateRestored();
        Connections connections = new Connections(
                Settings.connections(config),
                sessions,
                router,
                Authenticator.ANONYMOUS,
                new AssignedClientIds(),
                registry,
                Clock.systemUTC());
        closer.add("connections", () -> drain(connections));
        bindListeners(connections);
        health.onListenersBound();
        health.report("kafka", Health.Status.UP, bootstrapServers);
    }

    private Sweeps startSweeps(KafkaEgress egress, Fanout fanout, SessionMeters sessionMeters) {
        DefaultEventLoop loop = new DefaultEventLoop(new DefaultThreadFactory("sweeps", true));
        closer.add("sweeps", () -> loop.shutdownGracefully(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        return new SharedSweeps(
                new NettyLoop(loop, Clock.systemUTC()),
                egress,
                SweepSettings.DEFAULTS,
                fanout::tails,
                sessionMeters,
                registry);
    }

    private String startKafka() throws IOException {
        if (!config.kafka().isEmbedded()) {
            return String.valueOf(config.kafka().bootstrapServers());
        }
        EmbeddedKafka embedded = new EmbeddedKafka(new EmbeddedKafkaSettings(
                config.kafka().embedded().dataDir(), config.kafka().embedded().port()));
        closer.add("embedded Kafka", embedded);
        embedded.start();
        return embedded.bootstrapServers();
    }

    private void awaitTopics(TopicDirectory directory) {
        boolean waiting = false;
        while (!directory.loaded().toCompletableFuture().isDone()) {
            if (!waiting) {
                waiting = true;
                log.atInfo().addKeyValue("bootstrapServers", bootstrapServers).log("Waiting for Kafka");
                health.report("kafka", Health.Status.STARTING, "waiting for " + bootstrapServers);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private ManagementServer bindManagement() {
        Scheduler pages = Schedulers.newBoundedElastic(2, 100, "pages");
        closer.add("pages", pages::dispose);
        InetSocketAddress bind = new InetSocketAddress(
                config.management().bind().host(), config.management().bind().port());
        ManagementServer server = ManagementServer.bind(
                        bind,
                        registry,
                        health,
                        this::listenerAddresses,
                        new ManagementServer.Threads(loopResources, pages))
                .block(BIND_TIMEOUT);
        if (server == null) {
            throw new IllegalStateException("management: not bound");
        }
        closer.add("management", () -> server.stop().block(STOP_TIMEOUT));
        return server;
    }

    private void bindListeners(Connections connections) {
        config.listeners().forEach((name, listener) -> {
            connections.register(name, Settings.connectionsMax(listener));
            Listener bound = new Listener(
                    Settings.listener(name, listener, config),
                    loopResources,
                    (channel, settings) -> connections.init(channel, settings.name()));
            InetSocketAddress address = bound.start().block(BIND_TIMEOUT);
            closer.add("listener " + name, () -> bound.close().block(STOP_TIMEOUT));
            ports.put(name, address == null ? 0 : address.getPort());
        });
    }

    /** Everybody is sent away; what they left in flight is still written, and their sessions are released. */
    private static void drain(Connections connections) {
        connections.drain();
        long until = System.nanoTime() + STOP_TIMEOUT.toNanos();
        while (connections.size() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private record StoreEvents(WillPublisher wills, SessionMeters meters) implements InMemorySessionStore.Events {
        @Override
        public void onWillDue(Message will) {
            wills.publish(will);
        }

        @Override
        public void onExpired() {
            meters.event(SessionMeters.Event.EXPIRED);
        }
    }

    /** The port that a listener is bound to. */
    public int port(String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalArgumentException(
                    "listener: \"" + listener + "\" (expected: one of " + ports.keySet() + ")");
        }
        return port;
    }

    /** Listeners as people type them, by name. */
    public Map<String, String> listenerAddresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        config.listeners().forEach((name, listener) -> {
            Integer port = ports.get(name);
            if (port != null) {
                String address = listener.bind().host() + ":" + port;
                boolean isWebSocket = listener.type() == ListenerConfig.Type.WS;
                addresses.put(name, isWebSocket ? "ws://" + address + listener.path() : "mqtt://" + address);
            }
        });
        return addresses;
    }

    /** Where Kafka is, host:port. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The event loops, for those who measure them. */
    public List<Loop> loops() {
        return List.copyOf(loops);
    }

    public int managementPort() {
        return management.address().getPort();
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Unready for a while, so that load balancers take notice, and then everything stops, in reverse order. */
    @Override
    public void close() {
        health.onDraining();
        if (!config.kafka().isEmbedded()) {
            LockSupport.parkNanos(config.drain().delay().toNanos());
        }
        closer.close();
    }
}
