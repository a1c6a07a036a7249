package io.sluice.benchmarks.rounds;

import io.sluice.benchmarks.load.LoadResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured, as Markdown. Confined to one thread. */
final class RoundsTable {

    private static final String NONE = "–";

    private final String introduction;
    private final List<Comparison> comparisons = new ArrayList<>();
    /** Medians with their units, by what they are of. */
    private final Map<String, String> singles = new LinkedHashMap<>();

    private final List<String> connects = new ArrayList<>();
    private final List<String> formats = new ArrayList<>();

    /**
     * @param introduction where and how it was measured
     */
    RoundsTable(String introduction) {
        this.introduction = introduction;
    }

    void add(Comparison comparison) {
        comparisons.add(comparison);
    }

    /** Adds the values of the rounds of something that is no load. */
    void addSingle(String what, List<Double> values, String unit) {
        String each = values.stream().map(RoundsTable::count).collect(Collectors.joining(", "));
        singles.put(what, row(what, count(Medians.of(values)) + " " + unit, each));
    }

    /** Adds a way to come in: CONNECTs per second, and the server's CPU for each. */
    void addConnects(String way, List<Double> perSecond, List<Double> cpuMillis) {
        connects.add(row(
                way,
                count(Medians.of(perSecond)),
                perSecond.stream().map(RoundsTable::count).collect(Collectors.joining(", ")),
                fixed(2, Medians.of(cpuMillis))));
    }

    /** Adds a format: messages per second, their share of raw ones in the same round, and the server's CPU for each. */
    void addFormat(String title, List<Double> perSecond, List<Double> shares, List<Double> cpuMicros) {
        formats.add(row(
                title,
                count(Medians.of(perSecond)),
                fixed(1, Medians.of(cpuMicros)),
                ratios(shares),
                fixed(2, Medians.of(shares))));
    }

    /** All tables; those without a row are left out. */
    String markdown() {
        StringBuilder out = new StringBuilder(introduction).append('\n');
        List<Comparison> rates = of(Workload.Kind.THROUGHPUT);
        table(
                out,
                "Messages per second (fan-out: deliveries), median of the rounds.",
                row("workload", "Sluice", "floor", "mosquitto", "Sluice / floor, each round", "median"),
                rates.stream().map(RoundsTable::rates).toList());
        table(
                out,
                "CPU-seconds per million of these: of the server, + of Kafka; of the load tool beside each.",
                row("workload", "Sluice + Kafka", "floor + Kafka", "mosquitto", "tool: Sluice, floor, mosquitto"),
                comparisons.stream().map(RoundsTable::cpu).toList());
        table(
                out,
                "Latency in ms from the intended time of sending, p50 / p99; the ratio is of p50.",
                row("workload", "Sluice", "floor", "mosquitto", "Sluice / floor, each round", "median"),
                of(Workload.Kind.LATENCY).stream().map(RoundsTable::latencies).toList());
        table(
                out,
                "Lost, duplicates, out of order, all rounds together (ingest: looked up in Kafka).",
                row("workload", "Sluice", "floor", "mosquitto"),
                comparisons.stream().map(RoundsTable::checks).toList());
        table(
                out,
                "CONNECTs per second by the way to come in, each on a new connection, from 64 devices at once.",
                row("way", "median", "each round", "CPU-ms of Sluice for each"),
                connects);
        table(
                out,
                "Formats of ingress rules, a record of ten fields at QoS 1 from 8 connections: messages per second.",
                row("format", "median", "CPU-µs of Sluice for each", "share of raw, each round", "median"),
                formats);
        table(out, "Without load.", row("what", "median", "each round"), List.copyOf(singles.values()));
        return out.toString();
    }

    private List<Comparison> of(Workload.Kind kind) {
        return comparisons.stream()
                .filter(comparison -> comparison.workload().kind() == kind)
                .toList();
    }

    private static void table(StringBuilder out, String title, String head, List<String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int columns = (int) head.chars().filter(c -> c == '|').count() - 1;
        out.append('\n').append(title).append("\n\n");
        out.append(head).append('\n').append("|---".repeat(columns)).append("|\n");
        rows.forEach(row -> out.append(row).append('\n'));
    }

    private static String rates(Comparison comparison) {
        List<Double> ratios = comparison.ratios(LoadResult::perSecond);
        return row(
                comparison.workload().title(),
                count(comparison.median(Server.SLUICE, LoadResult::perSecond)),
                count(comparison.median(Server.FLOOR, LoadResult::perSecond)),
                count(comparison.median(Server.MOSQUITTO, LoadResult::perSecond)),
                ratios(ratios),
                fixed(2, Medians.of(ratios)));
    }

    private static String latencies(Comparison comparison) {
        List<Double> ratios = comparison.ratios(LoadResult::p50Millis);
        return row(
                comparison.workload().title(),
                percentiles(comparison, Server.SLUICE),
                percentiles(comparison, Server.FLOOR),
                percentiles(comparison, Server.MOSQUITTO),
                ratios(ratios),
                fixed(2, Medians.of(ratios)));
    }

    private static String percentiles(Comparison comparison, Server server) {
        return comparison.has(server)
                ? fixed(2, comparison.median(server, LoadResult::p50Millis)) + " / "
                        + fixed(2, comparison.median(server, LoadResult::p99Millis))
                : NONE;
    }

    private static String cpu(Comparison comparison) {
        String tool = Arrays.stream(Server.values())
                .map(server -> fixed(1, comparison.median(server, LoadResult::toolCpuPerMillion)))
                .collect(Collectors.joining(", "));
        return row(
                comparison.workload().title(),
                serverCpu(comparison, Server.SLUICE),
                serverCpu(comparison, Server.FLOOR),
                serverCpu(comparison, Server.MOSQUITTO),
                tool);
    }

    private static String serverCpu(Comparison comparison, Server server) {
        if (!comparison.has(server)) {
            return NONE;
        }
        String own = fixed(1, comparison.median(server, result -> result.serverCpuPerMillion()
                .get(0)));
        return server.hasKafka()
                ? own + " + "
                        + fixed(1, comparison.median(server, result -> result.serverCpuPerMillion()
                                .get(1)))
                : own;
    }

    private static String checks(Comparison comparison) {
        List<String> cells = new ArrayList<>(List.of(comparison.workload().title()));
        for (Server server : Server.values()) {
            LoadResult.Checks checks = comparison.checks(server);
            cells.add(checks == null ? NONE : checks.lost() + ", " + checks.duplicates() + ", " + checks.outOfOrder());
        }
        return row(cells.toArray(String[]::new));
    }

    private static String ratios(List<Double> ratios) {
        return ratios.isEmpty()
                ? NONE
                : ratios.stream().map(ratio -> fixed(2, ratio)).collect(Collectors.joining(", "));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    /** With three digits that count, more would say more than was measured. */
    static String count(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) - 2));
        return String.format(Locale.ROOT, "%,d", (long) (Math.round(value / unit) * unit));
    }

    private static String fixed(int digits, double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
