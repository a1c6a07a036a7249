package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a measurement and their folder. Confined to one thread, but for {@link #close}, which ends all that
 * was started, also when the program is interrupted.
 */
final class Stage implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration FORMAT_TIMEOUT = Duration.ofMinutes(1);
    private static final Path MOSQUITTO = Path.of("/usr/sbin/mosquitto");

    private final RoundsPlan plan;
    private final Path folder;
    private final Ports ports = new Ports();
    private @Nullable Child kafka;
    private final Map<Server, Running> servers = new EnumMap<>(Server.class);
    private final Deque<Child> children = new ArrayDeque<>();
    private boolean closed;

    /** A server that listens. */
    record Running(Child child, int port) {}

    Stage(RoundsPlan plan) throws IOException {
        this.plan = plan;
        this.folder = Files.createTempDirectory("sluice-rounds-");
    }

    /** Starts a Kafka of one node from Sluice's jar, with Kafka's own programs, and makes the topics. */
    RoundsKafka startKafka() throws Exception {
        int port = ports.next();
        Path properties = folder.resolve("kafka.properties");
        Files.writeString(properties, RoundsKafka.properties(folder.resolve("kafka"), port, ports.next()), UTF_8);
        List<String> format =
                List.of("kafka.tools.StorageTool", "format", "-t", RoundsKafka.CLUSTER_ID, "-c", properties.toString());
        start("kafka-format", java(plan.java().kafka(), "-cp", format)).awaitSuccess(FORMAT_TIMEOUT);
        Child child = start("kafka", java(plan.java().kafka(), "-cp", List.of("kafka.Kafka", properties.toString())));
        kafka = child;
        child.awaitListening(port, START_TIMEOUT);
        RoundsKafka started = new RoundsKafka(child, port);
        started.createTopics(List.of(Server.SLUICE.topic(), Server.FLOOR.topic()));
        return started;
    }

    /** Starts the servers that are there: Sluice, the floor and, where it is installed, mosquitto. */
    Map<Server, Running> startServers(RoundsKafka running) throws Exception {
        int sluicePort = ports.next();
        add(
                Server.SLUICE,
                startSluice("sluice", sluicePort, "kafka:\n  bootstrap-servers: " + running.address()),
                sluicePort);
        int floorPort = ports.next();
        List<String> floor = new ArrayList<>(List.of(javaBinary()));
        floor.addAll(plan.java().floor());
        floor.addAll(List.of("-cp", ownClassPath(), "io.sluice.benchmarks.Main", "floor"));
        floor.addAll(List.of("--bootstrap-servers", running.address(), "--port", Integer.toString(floorPort)));
        floor.addAll(List.of("--kafka-topic", Server.FLOOR.topic(), "--seconds", "86400"));
        add(Server.FLOOR, start("floor", floor), floorPort);
        if (Files.isExecutable(MOSQUITTO)) {
            int port = ports.next();
            Path config = folder.resolve("mosquitto.conf");
            Files.writeString(config, mosquittoConfiguration(port), UTF_8);
            add(Server.MOSQUITTO, start("mosquitto", List.of(MOSQUITTO.toString(), "-c", config.toString())), port);
        }
        return servers;
    }

    /** Starts one more Sluice, with this in its configuration, and says how long it took; it is ended again. */
    Duration timeStart(String kafkaConfiguration) throws Exception {
        int port = ports.next();
        try (Child sluice = startSluice("sluice-start", port, kafkaConfiguration)) {
            return sluice.awaitListening(port, START_TIMEOUT);
        }
    }

    /** Starts one more Sluice on that Kafka, to be ended by the caller; returns when it listens. */
    Running startSluice(RoundsKafka running) throws Exception {
        int port = ports.next();
        Child child = startSluice("sluice-" + port, port, "kafka:\n  bootstrap-servers: " + running.address());
        child.awaitListening(port, START_TIMEOUT);
        return new Running(child, port);
    }

    /** Starts one more Sluice with this configuration alone, to be ended by the caller; returns when it listens there. */
    Child startSluice(String name, String configuration, int port) throws Exception {
        Path config = folder.resolve(name + ".yaml");
        Files.writeString(config, configuration, UTF_8);
        Child child = start(name, java(plan.java().sluice(), "-jar", List.of("-c", config.toString())));
        child.awaitListening(port, START_TIMEOUT);
        return child;
    }

    /** A port that is free now, and that nobody else here gets. */
    int port() throws IOException {
        return ports.next();
    }

    /** A folder for data that is deleted in the end. */
    Path dataFolder(String name) {
        return folder.resolve(name);
    }

    /** Ends the program when one of the processes has ended by itself. */
    void requireAlive() {
        if (kafka != null) {
            kafka.requireAlive();
        }
        servers.values().forEach(server -> server.child().requireAlive());
    }

    /** Whether it was ended, here or by the one who interrupted the program. Safe for all threads (by its lock). */
    boolean isClosed() {
        synchronized (children) {
            return closed;
        }
    }

    /** Ends all processes, the last one first, and deletes the folder. Idempotent; safe for all threads (by its lock). */
    @Override
    public void close() {
        synchronized (children) {
            closed = true;
            while (!children.isEmpty()) {
                children.pop().close();
            }
            try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.of()) {
                files.sorted((a, b) -> b.compareTo(a)).forEach(Stage::delete);
            } catch (IOException | RuntimeException e) {
                System.err.println("rounds: " + folder + " is not deleted: " + e.getMessage());
            }
        }
    }

    private void add(Server server, Child child, int port) throws InterruptedException {
        child.awaitListening(port, START_TIMEOUT);
        servers.put(server, new Running(child, port));
    }

    private Child startSluice(String name, int port, String kafkaConfiguration) throws IOException {
        Path config = folder.resolve(name + ".yaml");
        Files.writeString(config, sluiceConfiguration(port, kafkaConfiguration), UTF_8);
        return start(name, java(plan.java().sluice(), "-jar", List.of("-c", config.toString())));
    }

    /** Its defaults, but for a line of log for each client that comes and goes. */
    private static String mosquittoConfiguration(int port) {
        return "listener " + port + " 127.0.0.1\nallow_anonymous true\nlog_type error\nlog_type warning\n";
    }

    private static String sluiceConfiguration(int port, String kafkaConfiguration) {
        return String.join(
                "\n",
                "listeners:",
                "  mqtt:",
                "    type: tcp",
                "    bind: 127.0.0.1:" + port,
                "management:",
                "  bind: 127.0.0.1:0",
                "ingress:",
                "  - name: rounds",
                "    filter: " + Server.SLUICE.topic() + "/#",
                "    topic: " + Server.SLUICE.topic(),
                kafkaConfiguration,
                "");
    }

    private List<String> java(List<String> options, String how, List<String> rest) {
        List<String> command = new ArrayList<>(List.of(javaBinary()));
        command.addAll(options);
        command.add(how);
        command.add(plan.sluiceJar().toAbsolutePath().toString());
        command.addAll(rest);
        return command;
    }

    private Child start(String name, List<String> command) throws IOException {
        synchronized (children) {
            if (closed) {
                throw new IllegalStateException(name + ": not started, the program ends");
            }
            Child child = Child.start(name, command, folder);
            children.push(child);
            return child;
        }
    }

    /** The programs of the JDK that this one runs on. */
    static String jdkBinary(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    /** The class path of this program, for a process in another folder. */
    private static String ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String javaBinary() {
        return jdkBinary("java");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
