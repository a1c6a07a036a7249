package io.sluice.app.runtime;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.app.BuildInfo;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.HttpBase;
import io.sluice.app.config.ManagementConfig.ManagementAuth;
import io.sluice.app.config.ObservabilityConfig.TracingConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.management.Gatekeeper;
import io.sluice.app.management.Health;
import io.sluice.app.management.HistogramRegistry;
import io.sluice.app.management.LoopWatch;
import io.sluice.app.management.ManagementServer;
import io.sluice.app.management.ManagementServer.Reloaded;
import io.sluice.app.management.ProcessMeters;
import io.sluice.app.trace.SpanMeters;
import io.sluice.app.trace.TracedIngress;
import io.sluice.app.trace.Tracing;
import io.sluice.kafka.audit.AuditReport;
import io.sluice.kafka.audit.DurabilityWatch;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.clock.KafkaClock;
import io.sluice.kafka.clock.KafkaClockProbe;
import io.sluice.kafka.egress.EgressSettings;
import io.sluice.kafka.egress.KafkaEgress;
import io.sluice.kafka.fleet.FleetLog;
import io.sluice.kafka.fleet.Instance;
import io.sluice.kafka.fleet.Lease;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.kafka.ingress.KafkaIngress;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.retention.RetentionHeadroom;
import io.sluice.kafka.state.KafkaRetainedStore;
import io.sluice.kafka.state.KafkaSessionStore;
import io.sluice.kafka.topic.KafkaFailure;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.kafka.transaction.GroupCommits;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.connection.NettyLoop;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.delivery.ServerTopics;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.router.PublishRouter;
import io.sluice.mqtt.router.RetainedOnTheirWay;
import io.sluice.mqtt.session.PacedClaims;
import io.sluice.mqtt.session.SessionContext;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.Sessions;
import io.sluice.mqtt.session.Sweeps;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
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
    /** So often it looks whether keys of tokens are old. */
    private static final Duration KEYS_INTERVAL = Duration.ofSeconds(10);

    private static final Duration TIME_TIMEOUT = Duration.ofSeconds(5);

    private final SluiceConfig config;
    private final @Nullable ConfigSources sources;
    private final Rules access;
    private final StateSettings state;
    private final PrometheusMeterRegistry registry = new HistogramRegistry();
    private final Closer closer = new Closer();
    private final Lease lease = new Lease(System::nanoTime);
    private final CompletableFuture<Void> dead = new CompletableFuture<>();
    private final Listeners listeners;
    private final List<Loop> loops = new ArrayList<>();
    private final LoopResources loopResources;
    private final KafkaClock clock;
    private final Health health;
    private final Draining draining;
    private final Gatekeeper gate;
    private final ManagementServer management;
    private String bootstrapServers = "";
    private volatile @Nullable Reloader reloader;

    private Sluice(SluiceConfig config, @Nullable ConfigSources sources, LongSupplier wallMillis) {
        this.config = config;
        this.sources = sources;
        access = new Rules(config);
        state = Settings.state(config);
        clock = new KafkaClock(wallMillis, System::nanoTime);
        // A thread of its own accepts: were it one of the loops, a storm of CONNECTs would keep it from the next
        // connection until the kernel's queue is full, and the clients' SYNs would be dropped.
        loopResources = LoopResources.create("loop", 1, Runtime.getRuntime().availableProcessors(), true);
        closer.add("event loops", () -> loopResources
                .disposeLater(Duration.ZERO, Duration.ofSeconds(2))
                .block(STOP_TIMEOUT));
        loopResources
                .onServer(LoopResources.DEFAULT_NATIVE)
                .forEach(loop -> loops.add(new NettyLoop((EventLoop) loop, clock)));
        closer.add("meters", registry::close);
        closer.add("process meters", ProcessMeters.bindTo(registry, BuildInfo.current()));
        LoopWatch watch = LoopWatch.start(loops, registry, System::nanoTime);
        closer.add("loop watch", watch::stop);
        health = new Health(watch);
        draining = new Draining(config.drain(), health, registry);
        listeners = new Listeners(config, loopResources, registry, closer);
        gate = new Gatekeeper(registry);
        management = bindManagement();
    }

    /**
     * Starts everything; returns when clients may connect. While Kafka is away it waits.
     *
     * @throws IOException when the embedded Kafka or a listener cannot start
     */
    public static Sluice start(SluiceConfig config) throws IOException {
        return start(config, null, System::currentTimeMillis);
    }

    /**
     * The same with a configuration that is read again when it changes.
     *
     * @param sources where it comes from
     * @throws IOException when the embedded Kafka or a listener cannot start
     */
    public static Sluice start(SluiceConfig config, ConfigSources sources) throws IOException {
        return start(config, sources, System::currentTimeMillis);
    }

    /**
     * The same on a machine whose clock is this one, in ms since 1970.
     *
     * @throws IOException when the embedded Kafka or a listener cannot start
     */
    public static Sluice start(SluiceConfig config, LongSupplier wallMillis) throws IOException {
        return start(config, null, wallMillis);
    }

    private static Sluice start(SluiceConfig config, @Nullable ConfigSources sources, LongSupplier wallMillis)
            throws IOException {
        Sluice sluice = new Sluice(config, sources, wallMillis);
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
        KafkaSettings kafka = Settings.kafka(config, bootstrapServers, registry);
        RuleSet rules = RuleSet.of(Settings.ingressRules(config), config.egressRules());
        KafkaUp up = new KafkaUp(registry);
        TopicSettings topicSettings = Settings.topics(config);
        TopicDirectory directory = new TopicDirectory(kafka, topicSettings, up);
        closer.add("topic directory", directory);
        LiveMapping mapping = new LiveMapping(rules);
        TopicProvisioner provisioner = new TopicProvisioner(directory, topicSettings, mapping::isReadable, registry);
        SchemaSource schemas = Schemas.source(config, registry);
        closer.add("schemas", schemas);
        RuleFormats formats = Schemas.formats(config, schemas, registry);
        KafkaEgress egress = new KafkaEgress(kafka, EgressSettings.DEFAULTS, rules, formats, directory, registry);
        closer.add("egress", egress);

        SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
        SessionMeters sessionMeters = new SessionMeters(registry);
        Fanout fanout = new Fanout(index, sessionMeters, config.limits().handoverBatches(), registry);
        fanout.onRoom(egress::resume);
        LeasedSink sink = new LeasedSink(fanout, lease);
        closer.add("sink", sink);
        egress.start(sink);
        directory.start();
        awaitTopics(directory);
        CompletableFuture<Void> timeTold = startClock(kafka);
        DurabilityWatch watch = new DurabilityWatch(kafka, Settings.audit(config), rules, directory);
        audit(watch);

        Instance instance = Settings.instance(config);
        FleetLog fleet = new FleetLog(
                kafka,
                state,
                instance,
                Settings.fleet(config),
                lease,
                System.currentTimeMillis(),
                System::nanoTime,
                registry);
        closer.add("fleet", fleet);
        KafkaRetainedStore retained =
                new KafkaRetainedStore(kafka, state, config.limits().retainedMessages(), registry);
        closer.add("retained messages", retained);
        Tracing tracing = startTracing(instance);
        KafkaIngress ingress = new KafkaIngress(
                kafka,
                Settings.ingress(config, Runtime.getRuntime().maxMemory()),
                transactionalIds(instance.id()),
                new KafkaIngress.Surroundings(
                        rules,
                        formats,
                        instance.name(),
                        directory,
                        provisioner,
                        up,
                        retained,
                        lease,
                        () -> isDeclaredDead(fleet),
                        registry));
        closer.add("ingress", () -> ingress.close(STOP_TIMEOUT));
        mapping.usedBy(new LiveMapping.Users(ingress, egress, provisioner, watch));
        KafkaSessionStore store = new KafkaSessionStore(
                kafka,
                state,
                new KafkaSessionStore.Place(instance, fleet, lease, this::transactionalIds),
                new Wills(ingress, loops.get(0), access, registry),
                () -> sessionMeters.event(SessionMeters.Event.EXPIRED),
                clock,
                registry);
        closer.add("sessions", store);
        await(fleet.join(new FleetEvents(store.fleetListener())), "instances", () -> 1);
        var unused = ingress.start();
        awaitTime(timeTold);
        RestoreMeters restoring = new RestoreMeters(registry);
        await(retained.start(), "retained messages", retained::replayedRecords);
        await(store.start(), "sessions", store::replayedRecords);
        RetainedOnTheirWay consistent = new RetainedOnTheirWay(retained);
        PublishRouter router =
                new PublishRouter(tracing == null ? ingress : new TracedIngress(ingress, tracing), consistent);
        ServerTopics serverTopics = new ServerTopics(consistent, index);
        Sessions sessions = new Sessions(
                paced(store),
                new SessionContext(
                        Settings.sessions(config),
                        index,
                        egress,
                        startSweeps(egress, fanout, sessionMeters),
                        config.mqtt().sysTopics() ? serverTopics : consistent,
                        fanout::tails,
                        sessionMeters),
                loops,
                registry);
        restoring.done();
        health.onStateRestored();
        health.report("state", Health.Status.UP, "read");
        Connections connections = new Connections(
                Settings.connections(config), sessions, router, access, new AssignedClientIds(), registry, clock);
        closer.add(
                "connections",
                () -> draining.sendAway(
                        connections, loops.get(0), fleet.size() - 1, store::unreleased, !lease.isEnded()));
        Authenticators authenticators = new Authenticators(config.authentication(), registry);
        closer.add("authenticators", authenticators);
        refreshKeys(authenticators, loops.get(0));
        listeners.bind(connections, authenticators);
        startReloader(authenticators, new LiveConfig.Parts(access, mapping, connections, listeners, retained, kafka));
        watchRetention(kafka, store, egress);
        startSysTopics(serverTopics);
        health.report("kafka", Health.Status.UP, bootstrapServers);
        health.onListenersBound();
    }

    private SessionStore paced(SessionStore store) {
        int perSecond = config.limits().claimRate().perSecond();
        byte[] key = new byte[PacedClaims.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return perSecond == 0 ? store : new PacedClaims(store, loops, perSecond, key, registry);
    }

    /** Again and again, as long as the loop runs. */
    private static void refreshKeys(Authenticators authenticators, Loop loop) {
        var unused = loop.schedule(KEYS_INTERVAL, () -> {
            authenticators.refreshKeys();
            refreshKeys(authenticators, loop);
        });
    }

    private void startReloader(Authenticators authenticators, LiveConfig.Parts live) throws IOException {
        List<Reloader.Part> parts = new ArrayList<>(List.of(authenticators, listeners.certificates()));
        ManagementAuth auth = config.management().auth();
        if (auth != null) {
            ManagementAccess opened = new ManagementAccess(auth, gate, authenticators.pool(), registry);
            opened.prepare().run();
            parts.add(opened);
        }
        if (sources != null) {
            parts.add(new ConfigFiles(sources, new LiveConfig(live, config)::prepare));
        }
        Reloader started = new Reloader(parts, live.connections()::recheck, System::currentTimeMillis, registry);
        closer.add("reloader", started);
        started.start();
        reloader = started;
    }

    /**
     * Reads again all files that may change while it runs, whether or not they have changed. Any thread.
     *
     * @return what came of it
     */
    public CompletionStage<Reloaded> reload() {
        Reloader started = reloader;
        return started == null
                ? CompletableFuture.completedStage(new Reloaded(false, "the server is starting"))
                : started.request();
    }

    private void startSysTopics(ServerTopics topics) {
        if (config.mqtt().sysTopics()) {
            SysTopics telling =
                    new SysTopics(topics, registry, loops.get(0), config.mqtt().sysInterval());
            closer.add("$SYS", telling);
            telling.start();
        }
    }

    /** Nothing when nobody takes spans. */
    private @Nullable Tracing startTracing(Instance instance) {
        TracingConfig tracing = config.observability().tracing();
        SpanMeters meters = new SpanMeters(registry);
        HttpBase endpoint = tracing.endpoint();
        if (endpoint == null) {
            return null;
        }
        Tracing started =
                Tracing.start(endpoint.toString(), tracing.sampleRatio().value(), instance.name(), meters);
        // After the way in has ended, whose last answers are ends of spans.
        closer.add("tracing", started);
        return started;
    }

    private Sweeps startSweeps(KafkaEgress egress, Fanout fanout, SessionMeters sessionMeters) {
        DefaultEventLoop loop = new DefaultEventLoop(new DefaultThreadFactory("sweeps", true));
        closer.add("sweeps", () -> loop.shutdownGracefully(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        return new SharedSweeps(
                new NettyLoop(loop, clock), egress, SweepSettings.DEFAULTS, fanout::tails, sessionMeters, registry);
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
            }
            health.report(
                    "kafka",
                    Health.Status.STARTING,
                    "waiting for " + bootstrapServers
                            + directory
                                    .lastFailure()
                                    .map(failure -> ": " + KafkaFailure.words(failure))
                                    .orElse(""));
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private CompletableFuture<Void> startClock(KafkaSettings kafka) {
        KafkaClockProbe probe = new KafkaClockProbe(
                kafka, state.prefix() + ".clock", state.replicationFactor(), clock, System::nanoTime, registry);
        closer.add("clock", probe);
        return probe.start().toCompletableFuture();
    }

    /** What expires is judged from here on; who cannot ask Kafka for the time goes by this machine's clock. */
    private void awaitTime(CompletableFuture<Void> told) {
        try {
            told.get(TIME_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException notYet) {
            log.atWarn()
                    .log("Kafka has not told the time yet: until then what expires, expires by this machine's clock");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchRetention(KafkaSettings kafka, KafkaSessionStore store, KafkaEgress egress) {
        RetentionHeadroom headroom = new RetentionHeadroom(
                kafka,
                () -> {
                    Map<LogPartition, Long> needed = store.lowestNeeded();
                    needed.keySet().removeIf(partition -> !egress.isThere(partition));
                    return needed;
                },
                clock::earliestMillis,
                RetentionHeadroom.INTERVAL,
                registry);
        closer.add("retention headroom", headroom);
        headroom.start();
    }

    /** Nobody waits for the verdict but who starts only when it is good. */
    private void audit(DurabilityWatch watch) {
        closer.add("durability watch", watch);
        CompletableFuture<AuditReport> report = watch.start().toCompletableFuture();
        if (Settings.isStrict(config) && report.join().isWeaker()) {
            throw new IllegalStateException("kafka.durability is strict, and less is guaranteed:\n"
                    + String.join("\n", report.join().lines()) + "\n`sluice check --kafka` says the same");
        }
    }

    /** Waits until state is read; says how far it is. */
    private void await(CompletionStage<Void> restored, String what, LongSupplier records) {
        CompletableFuture<Void> done = restored.toCompletableFuture();
        while (!done.isDone()) {
            health.report("state", Health.Status.STARTING, what + ": " + records.getAsLong() + " records read");
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        done.join();
        health.report("state", Health.Status.STARTING, what + ": " + records.getAsLong() + " records");
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
                        new ManagementServer.Actions(gate, this::reload),
                        new ManagementServer.Threads(loopResources, pages))
                .block(BIND_TIMEOUT);
        if (server == null) {
            throw new IllegalStateException("management: not bound");
        }
        closer.add("management", () -> server.stop().block(STOP_TIMEOUT));
        return server;
    }

    private List<String> transactionalIds(String instance) {
        return GroupCommits.transactionalIds(state.prefix(), instance);
    }

    /** Whether the log says that this instance is dead. Blocks. */
    private boolean isDeclaredDead(FleetLog fleet) {
        fleet.sync().toCompletableFuture().join();
        return lease.isEnded();
    }

    /** The fleet's word goes to the store; that this instance is dead, to whoever runs it as well. */
    private final class FleetEvents implements FleetLog.Listener {
        private final FleetLog.Listener store;

        FleetEvents(FleetLog.Listener store) {
            this.store = store;
        }

        @Override
        public void onGuardian(boolean isGuardian) {
            store.onGuardian(isGuardian);
        }

        @Override
        public void onGone(String id, boolean isFenced) {
            store.onGone(id, isFenced);
        }

        @Override
        public void onDeclaredDead() {
            store.onDeclaredDead();
            dead.complete(null);
        }
    }

    /** Completes when other instances have taken this one for dead: it must end, and may start anew. */
    public CompletionStage<Void> whenDead() {
        return dead.minimalCompletionStage();
    }

    /** The port that a listener is bound to. */
    public int port(String listener) {
        return listeners.port(listener);
    }

    /** Listeners as people type them, by name. */
    public Map<String, String> listenerAddresses() {
        return listeners.addresses();
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
        draining.begin(!config.kafka().isEmbedded() && !lease.isEnded());
        closer.close();
    }
}
