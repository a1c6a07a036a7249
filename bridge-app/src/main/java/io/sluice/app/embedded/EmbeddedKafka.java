package io.sluice.app.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka node (KRaft, broker and controller) in this process, on loopback, with its data on disk: what it has
 * acknowledged survives a restart and a kill of the process. Confined to the thread that starts and closes it; both
 * block.
 *
 * <p>Built on internal classes of Kafka, whose version is pinned; {@code EmbeddedKafkaIT} guards them.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final String HOST = "127.0.0.1";
    /** Kafka leaves this file behind when it ends in good order. */
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private final EmbeddedKafkaSettings settings;
    private @Nullable Ports ports;
    private @Nullable KafkaRaftServer server;

    public EmbeddedKafka(EmbeddedKafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts the node, and formats its folder the first time. Returns when it takes requests, about 2 s.
     *
     * @throws IOException when the folder or a port cannot be had
     */
    public void start() throws IOException {
        if (server != null) {
            throw new IllegalStateException("embedded Kafka: started twice (expected: once, or after close)");
        }
        Path data = Files.createDirectories(settings.folder().resolve("log")).toAbsolutePath();
        Ports chosen = Ports.choose(settings.folder(), settings.port());
        boolean wasKilled =
                Files.exists(data.resolve("meta.properties")) && !Files.exists(data.resolve(CLEAN_SHUTDOWN));
        format(data);
        KafkaRaftServer starting =
                new KafkaRaftServer(new KafkaConfig(serverProperties(data, chosen), false), Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException | Error failure) {
            starting.shutdown();
            starting.awaitShutdown();
            throw failure;
        }
        ports = chosen;
        server = starting;
        if (wasKilled) {
            try {
                endForgottenTransactions(chosen);
            } catch (IOException | RuntimeException | Error failure) {
                close();
                throw failure;
            }
        }
        LOG.atInfo()
                .addKeyValue("bootstrapServers", bootstrapServers())
                .addKeyValue("folder", data)
                .log("Embedded Kafka is up");
    }

    private void endForgottenTransactions(Ports chosen) throws IOException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            new ForgottenTransactions(admin, new BrokerSocket(HOST, chosen.broker())).end();
        } catch (ExecutionException failure) {
            throw new IOException("embedded Kafka: its transactions cannot be looked through", failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("embedded Kafka: interrupted while it starts", interrupted);
        }
    }

    /** What clients connect to. Only after {@link #start()}; the same after a restart on the same folder. */
    public String bootstrapServers() {
        if (ports == null) {
            throw new IllegalStateException("embedded Kafka: not started (expected: start() before)");
        }
        return HOST + ":" + ports.broker();
    }

    /** Stops the node in good order, about half a second. Idempotent. */
    @Override
    public void close() {
        KafkaRaftServer stopping = server;
        if (stopping != null) {
            server = null;
            stopping.shutdown();
            stopping.awaitShutdown();
            LOG.atInfo().log("Embedded Kafka is down");
        }
    }

    private static void format(Path data) throws IOException {
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setNodeId(1)
                    .setClusterId(clusterId(data))
                    .setDirectories(List.of(data.toString()))
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setUnstableFeatureVersionsEnabled(false)
                    .setIgnoreFormatted(true)
                    .run();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("embedded Kafka: " + data + " cannot be formatted", failure);
        }
    }

    /** The id that the folder was formatted with, so that a format which was cut short is finished, or a new one. */
    private static String clusterId(Path data) throws IOException {
        Path meta = data.resolve("meta.properties");
        if (!Files.exists(meta)) {
            return Uuid.randomUuid().toString();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(meta, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties.getProperty("cluster.id", Uuid.randomUuid().toString());
    }

    private Map<String, String> serverProperties(Path data, Ports chosen) {
        Map<String, String> properties = new HashMap<>();
        // One node has no second copy to wait for.
        for (String topic : List.of("offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic.")) {
            properties.put(topic + "replication.factor", "1");
            properties.put(topic + "num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("log.cleaner.dedupe.buffer.size", "16777216");
        // With Kafka's defaults the start after a kill waits 12 s for the dead broker's session, with these 4 s.
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + chosen.broker());
        properties.putAll(settings.properties());
        // Sluice creates topics by its rules; a typing error must not.
        properties.put("auto.create.topics.enable", "false");
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("log.dirs", data.toString());
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.voters", "1@" + HOST + ":" + chosen.controller());
        properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.put(
                "listeners",
                "PLAINTEXT://" + HOST + ":" + chosen.broker() + ",CONTROLLER://" + HOST + ":" + chosen.controller());
        return properties;
    }
}
