package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.benchmarks.load.IdleConnections;
import io.sluice.benchmarks.load.JsonLine;
import io.sluice.benchmarks.load.LoadResult;
import io.sluice.benchmarks.load.LoadTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures Sluice, the floor and mosquitto in turn, so that what else the machine does hits all alike, and writes a table.
 *
 * <p>Exit codes: 0, 1 when something did not go through or messages were lost, 2 for a wrong command line.
 */
public final class Rounds {

    private static final int USAGE = 2;

    /** Before the measured time of each run: connections and windows settle. */
    private static final int SETTLE_SECONDS = 1;

    /** After connecting: what a connection needs only once is let go. */
    private static final Duration IDLE_PAUSE = Duration.ofSeconds(3);

    private final RoundsPlan plan;
    private final Stage stage;
    private final PrintWriter raw;
    private final RoundsTable table;
    private final List<String> problems = new ArrayList<>();

    private Rounds(RoundsPlan plan, Stage stage, PrintWriter raw) {
        this.plan = plan;
        this.stage = stage;
        this.raw = raw;
        this.table = new RoundsTable(introduction(plan));
    }

    public static void main(String[] args) {
        RoundsPlan plan;
        try {
            plan = RoundsPlan.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
            return;
        }
        int exitCode = 1;
        try (Stage stage = new Stage(plan)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "stop"));
            try (PrintWriter raw = rawLines(plan.raw())) {
                exitCode = new Rounds(plan, stage, raw).run() ? 0 : 1;
            } catch (Exception e) {
                say(stage.isClosed() ? "interrupted" : "failed: " + e.getMessage());
            }
        } catch (IOException e) {
            say("failed: " + e);
        }
        System.exit(exitCode);
    }

    /** Measures everything; says whether all of it is well. */
    private boolean run() throws Exception {
        say("starting Kafka");
        RoundsKafka kafka = stage.startKafka();
        if (plan.workloads().contains(Workload.START)) {
            measureStart(kafka);
        }
        List<Workload> rest = new ArrayList<>(plan.workloads());
        rest.remove(Workload.START);
        if (rest.remove(Workload.SESSIONS)) {
            new SessionRounds(stage, table, this::write).measure(kafka, plan.rounds());
        }
        if (rest.remove(Workload.CONNECTS)) {
            new ConnectRounds(stage, table, this::write).measure(kafka, plan.rounds());
        }
        if (rest.remove(Workload.FORMATS)) {
            new FormatRounds(stage, table, this::write).measure(kafka, plan.rounds());
        }
        if (!rest.isEmpty()) {
            say("starting the servers");
            Map<Server, Stage.Running> servers = stage.startServers(kafka);
            for (Workload workload : rest) {
                if (workload == Workload.IDLE) {
                    measureIdle(servers);
                } else {
                    compare(workload, servers, kafka);
                }
            }
        }
        String markdown = table.markdown();
        System.out.println(markdown);
        problems.forEach(Rounds::say);
        Path docs = plan.docs();
        if (docs != null && problems.isEmpty()) {
            MarkedSection.write(docs, markdown);
            say("table written to " + docs);
        }
        say("all runs in " + plan.raw());
        return problems.isEmpty();
    }

    private void compare(Workload workload, Map<Server, Stage.Running> servers, RoundsKafka kafka) throws Exception {
        for (Map.Entry<Server, Stage.Running> server : servers.entrySet()) {
            if (plan.warmupSeconds() > 0) {
                say(workload.id() + ": warming up " + server.getKey().title());
                load(
                        workload,
                        server.getKey(),
                        server.getValue(),
                        kafka,
                        List.of("--seconds", text(plan.warmupSeconds())));
            }
        }
        Comparison comparison = new Comparison(workload);
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Map.Entry<Server, Stage.Running> server : servers.entrySet()) {
                LoadResult result = load(
                        workload,
                        server.getKey(),
                        server.getValue(),
                        kafka,
                        measured(workload, server.getKey(), kafka));
                comparison.add(round, server.getKey(), result);
                write(workload, round, server.getKey().title(), result.json());
                say(line(workload, round, server.getKey(), result));
                if (result.exitCode() != 0 && server.getKey().hasKafka()) {
                    say("exit code " + result.exitCode() + ": " + JsonLine.of(result.json()));
                    say(server.getKey().title() + " printed last:\n"
                            + server.getValue().child().lastLines());
                }
            }
        }
        problems.addAll(comparison.problems());
        table.add(comparison);
    }

    private List<String> measured(Workload workload, Server server, RoundsKafka kafka) {
        List<String> arguments =
                new ArrayList<>(List.of("--warmup", text(SETTLE_SECONDS), "--seconds", text(plan.seconds())));
        if (workload.isIngest() && server.hasKafka()) {
            arguments.addAll(List.of("--verify-kafka", kafka.address(), "--kafka-topics", server.topic()));
        }
        return arguments;
    }

    private LoadResult load(
            Workload workload, Server server, Stage.Running running, RoundsKafka kafka, List<String> times)
            throws Exception {
        List<String> arguments = new ArrayList<>(workload.arguments(server));
        arguments.addAll(List.of("--port", text(running.port()), "--topic", server.topic() + "/{connection}"));
        String pids = Long.toString(running.child().pid()) + (server.hasKafka() ? "," + kafka.pid() : "");
        arguments.addAll(List.of("--server-pid", pids));
        arguments.addAll(times);
        if (!times.contains("--warmup")) {
            arguments.addAll(List.of("--warmup", "0"));
        }
        try {
            LoadResult result = LoadTool.measure(arguments);
            stage.requireAlive();
            return result;
        } catch (Exception e) {
            stage.requireAlive();
            throw new IllegalStateException(
                    workload.id() + ", "
                            + running.child().failure("under load: " + e).getMessage(),
                    e);
        } finally {
            if (server.hasKafka() && kafka.child().isAlive()) {
                kafka.empty(server.topic());
            }
        }
    }

    private void measureStart(RoundsKafka kafka) throws Exception {
        List<Double> own = new ArrayList<>();
        List<Double> empty = new ArrayList<>();
        List<Double> again = new ArrayList<>();
        for (int round = 1; round <= plan.rounds(); round++) {
            own.add(millis(stage.timeStart("kafka:\n  bootstrap-servers: " + kafka.address())));
            String embedded =
                    "kafka:\n  embedded:\n    port: 0\n    data-dir: " + stage.dataFolder("embedded-" + round);
            empty.add(millis(stage.timeStart(embedded)));
            again.add(millis(stage.timeStart(embedded)));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("ownKafkaMillis", own.get(round - 1));
            json.put("embeddedEmptyMillis", empty.get(round - 1));
            json.put("embeddedAgainMillis", again.get(round - 1));
            write(Workload.START, round, Server.SLUICE.title(), json);
            say("start, round " + round + ": " + JsonLine.of(json));
        }
        table.addSingle("Sluice from start to listening, with a Kafka that runs", own, "ms");
        table.addSingle("the same with its embedded Kafka, on an empty folder", empty, "ms");
        table.addSingle("the same on the folder of the last time", again, "ms");
    }

    private void measureIdle(Map<Server, Stage.Running> servers) throws Exception {
        Map<Server, List<Double>> bytes = new EnumMap<>(Server.class);
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Server server : List.of(Server.SLUICE, Server.FLOOR)) {
                double perConnection = idleBytes(server, servers);
                bytes.computeIfAbsent(server, unused -> new ArrayList<>()).add(perConnection);
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("connections", plan.connections());
                json.put("heapBytesPerConnection", perConnection);
                write(Workload.IDLE, round, server.title(), json);
                say("idle, round " + round + ", " + server.title() + ": " + JsonLine.of(json));
            }
        }
        bytes.forEach((server, values) -> table.addSingle(
                server.title() + ", live heap per idle connection (of " + plan.connections() + ")", values, "bytes"));
    }

    private double idleBytes(Server server, Map<Server, Stage.Running> servers) throws Exception {
        Stage.Running running = servers.get(server);
        if (running == null) {
            throw new IllegalStateException(server.title() + ": not started");
        }
        long before = LiveHeap.bytes(running.child().pid());
        double perConnection;
        try (IdleConnections connections = IdleConnections.open(running.port(), plan.connections())) {
            Thread.sleep(IDLE_PAUSE.toMillis());
            perConnection = (LiveHeap.bytes(running.child().pid()) - before) / (double) connections.size();
        }
        stage.requireAlive();
        // The next measurement begins without them.
        Thread.sleep(IDLE_PAUSE.toMillis());
        return perConnection;
    }

    private void write(Workload workload, int round, String server, Map<String, Object> json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workload", workload.id());
        line.put("round", round);
        line.put("server", server);
        line.put("loadAverage", loadAverage());
        line.putAll(json);
        raw.println(JsonLine.of(line));
        raw.flush();
    }

    private static String line(Workload workload, int round, Server server, LoadResult result) {
        return String.format(
                Locale.ROOT,
                "%s, round %d, %s: %,.0f/s, CPU-s per million %s (tool %.1f), p50 / p99 %.2f / %.2f ms, %s",
                workload.id(),
                round,
                server.title(),
                result.perSecond(),
                result.serverCpuPerMillion().stream()
                        .map(cpu -> String.format(Locale.ROOT, "%.1f", cpu))
                        .toList(),
                result.toolCpuPerMillion(),
                result.p50Millis(),
                result.p99Millis(),
                result.checks() == null ? "not checked" : result.checks());
    }

    private static String introduction(RoundsPlan plan) {
        return String.format(
                Locale.ROOT,
                "%d rounds of %d s each after %d s of warm-up per workload; 128 B, MQTT 3.1.1 unless it says 5, 100"
                        + " connections for ingest; %d cores, %s %s, load average %.1f at the start. JVM options: Sluice"
                        + " `%s`, floor `%s`.",
                plan.rounds(),
                plan.seconds(),
                plan.warmupSeconds(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                loadAverage(),
                String.join(" ", plan.java().sluice()),
                String.join(" ", plan.java().floor()));
    }

    private static PrintWriter rawLines(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return new PrintWriter(Files.newBufferedWriter(file, UTF_8));
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static String text(int number) {
        return Integer.toString(number);
    }

    static void say(String text) {
        System.err.println("rounds: " + text);
    }
}
