package io.sluice.app.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka of several nodes (KRaft, each broker and controller), each in a process of its own, so that one can be killed.
 * With three, everything is on all of them and acknowledged by two; one may be away.
 */
final class KafkaCluster implements AutoCloseable {

    static final String PROPERTIES = "server.properties";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Node> nodes = new ArrayList<>();
    private final Properties further = new Properties();
    private final String clusterId = Uuid.randomUuid().toString();

    /** A node: where it is, and its process while it runs. */
    private static final class Node {
        private final Path folder;
        private final int clientsPort = ChildSluice.freePort();
        private final int insidePort = ChildSluice.freePort();
        private final int controllerPort = ChildSluice.freePort();
        private int advertisedPort = clientsPort;
        private @Nullable Process process;

        Node(Path folder) {
            this.folder = folder;
        }
    }

    KafkaCluster(Path folder, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            nodes.add(new Node(Files.createDirectories(folder.resolve("node-" + i))));
        }
    }

    /** The ports for clients. */
    List<Integer> clientsPorts() {
        return nodes.stream().map(node -> node.clientsPort).toList();
    }

    /** Lets clients come by other ports than the nodes' own. Before the start. */
    void advertise(IntUnaryOperator portByPort) {
        nodes.forEach(node -> node.advertisedPort = portByPort.applyAsInt(node.clientsPort));
    }

    /** A property of each node, over those that it has. Before the start. */
    void set(String name, String value) {
        further.setProperty(name, value);
    }

    String bootstrapServers() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.advertisedPort).collect(Collectors.joining(","));
    }

    /** Where nodes, and tests, come in without being asked. */
    String insideServers() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.insidePort).collect(Collectors.joining(","));
    }

    int size() {
        return nodes.size();
    }

    /** Starts all nodes, which find each other; returns when all take requests. */
    void start() throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            launch(i);
        }
        for (int i = 0; i < nodes.size(); i++) {
            awaitReady(i);
        }
    }

    /** Starts a node; returns before it takes requests. */
    void launch(int index) throws IOException {
        Node node = nodes.get(index);
        try (Writer writer = Files.newBufferedWriter(node.folder.resolve(PROPERTIES))) {
            properties(index).store(writer, null);
        }
        Files.deleteIfExists(node.folder.resolve(KafkaNode.READY));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m"));
        command.addAll(ClassArchive.options());
        command.addAll(List.of(KafkaNode.class.getName(), node.folder.toString(), clusterId));
        node.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        node.folder.resolve("node.log").toFile()))
                .start();
    }

    void awaitReady(int index) {
        Node node = nodes.get(index);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Files.exists(node.folder.resolve(KafkaNode.READY)));
    }

    /** SIGKILL: nothing of the node runs after it. */
    void kill(int index) throws InterruptedException {
        Process running = nodes.get(index).process;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    /** What a node has written. */
    String log(int index) throws IOException {
        return Files.readString(nodes.get(index).folder.resolve("node.log"));
    }

    private Properties properties(int index) {
        Node node = nodes.get(index);
        String copies = Integer.toString(Math.min(3, nodes.size()));
        String copiesMin = Integer.toString(Math.max(1, Math.min(3, nodes.size()) - 1));
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", Integer.toString(index + 1));
        properties.setProperty("log.dirs", node.folder.resolve("log").toString());
        properties.setProperty(
                "listeners",
                "CLIENTS://127.0.0.1:%d,INSIDE://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(node.clientsPort, node.insidePort, node.controllerPort));
        // Only the clients' way may be by a proxy.
        properties.setProperty(
                "advertised.listeners",
                "CLIENTS://127.0.0.1:%d,INSIDE://127.0.0.1:%d".formatted(node.advertisedPort, node.insidePort));
        properties.setProperty("inter.broker.listener.name", "INSIDE");
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty(
                "listener.security.protocol.map", "CLIENTS:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.setProperty(
                "controller.quorum.voters",
                IntStream.range(0, nodes.size())
                        .mapToObj(i -> (i + 1) + "@127.0.0.1:" + nodes.get(i).controllerPort)
                        .collect(Collectors.joining(",")));
        for (String topic : List.of("offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic.")) {
            properties.setProperty(topic + "replication.factor", copies);
            properties.setProperty(topic + "num.partitions", "3");
        }
        properties.setProperty("transaction.state.log.min.isr", copiesMin);
        properties.setProperty("share.coordinator.state.topic.min.isr", copiesMin);
        properties.setProperty("default.replication.factor", copies);
        properties.setProperty("min.insync.replicas", copiesMin);
        properties.setProperty("num.partitions", "3");
        properties.setProperty("auto.create.topics.enable", "false");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        properties.setProperty("log.cleaner.dedupe.buffer.size", "16777216");
        // A dead node is noticed after this time, and its partitions are led by others.
        properties.setProperty("broker.session.timeout.ms", "2000");
        properties.setProperty("broker.heartbeat.interval.ms", "500");
        properties.putAll(further);
        return properties;
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            Process running = node.process;
            if (running != null) {
                running.destroyForcibly().onExit().join();
            }
        }
    }
}
