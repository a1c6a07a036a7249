package io.sluice.app.it;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The reference of metrics, as a running Sluice shows them. */
final class MetricsPage {

    private static final String OURS = "sluice_";
    /** Labels whose values are names in the configuration. */
    private static final Set<String> CONFIGURED = Set.of("listener", "rule");

    private static final Set<String> OF_THE_BUILD = Set.of("version", "revision", "java");

    private static final Map<String, String> AREAS = areas();

    private MetricsPage() {}

    /** Heading by the beginning of the name; the first that fits. */
    private static Map<String, String> areas() {
        Map<String, String> areas = new LinkedHashMap<>();
        for (String start : List.of("build", "listener", "connect", "network", "messages", "message")) {
            areas.put(start, "Connections and listeners");
        }
        for (String start : List.of("ingress", "transaction", "mapping")) {
            areas.put(start, "In: device to Kafka");
        }
        for (String start : List.of("deliver", "egress", "tail", "sweep")) {
            areas.put(start, "Out: Kafka to subscribers");
        }
        for (String start : List.of("session", "subscri", "retained", "cursor", "will")) {
            areas.put(start, "Sessions");
        }
        areas.put("kafka", "Kafka");
        for (String start : List.of("instances", "ownership", "guardian", "lease", "state", "draining")) {
            areas.put(start, "Several instances");
        }
        areas.put("", "Process");
        return areas;
    }

    /** A family under its name in Prometheus' text. */
    record Family(String name, String type, String help, Map<String, Set<String>> labels) {}

    static List<Family> families(MetricSnapshots snapshots) {
        return snapshots.stream()
                .map(MetricsPage::family)
                .sorted((a, b) -> a.name.compareTo(b.name))
                .toList();
    }

    private static Family family(MetricSnapshot snapshot) {
        Map<String, Set<String>> labels = new TreeMap<>();
        for (DataPointSnapshot point : snapshot.getDataPoints()) {
            for (Label label : point.getLabels()) {
                labels.computeIfAbsent(label.getName(), name -> new TreeSet<>()).add(label.getValue());
            }
        }
        String name = snapshot.getMetadata().getPrometheusName();
        String help = String.valueOf(snapshot.getMetadata().getHelp());
        if (snapshot instanceof CounterSnapshot) {
            return new Family(name + "_total", "counter", help, labels);
        }
        if (snapshot instanceof InfoSnapshot) {
            return new Family(name + "_info", "gauge", help, labels);
        }
        if (snapshot instanceof HistogramSnapshot) {
            return new Family(name, "histogram", help, labels);
        }
        return new Family(name, snapshot instanceof SummarySnapshot ? "summary" : "gauge", help, labels);
    }

    static String markdown(List<Family> families) {
        StringBuilder page = new StringBuilder("""
                # Metrics

                What `/metrics` of the management port shows, by the names in Prometheus' text. Generated from a running Sluice
                (`-Dit.test=MetricsReferenceIT -Dsluice.docs.write=true`); a test fails when it is not up to date. Names and labels
                are an interface: a renamed metric lives under both names for one minor version.

                No label is anything that a client or a message can choose: their number does not grow with devices or topics.
                `listener` and `rule` are names from the configuration (`rule="none"`: what no rule matched). Every series exists
                from the start, at 0. Histograms have classic buckets, and native ones where the scraper asks for Protobuf.

                """);
        Map<String, List<Family>> byArea = new LinkedHashMap<>();
        AREAS.values().forEach(area -> byArea.put(area, new ArrayList<>()));
        families.stream()
                .filter(family -> family.name.startsWith(OURS))
                .forEach(family -> byArea.getOrDefault(area(family), List.of()).add(family));
        byArea.forEach((area, members) -> {
            page.append("## ").append(area).append("\n\n| name | type | labels | what it says |\n|---|---|---|---|\n");
            members.forEach(family -> page.append("| `")
                    .append(family.name)
                    .append("` | ")
                    .append(family.type)
                    .append(" | ")
                    .append(labels(family))
                    .append(" | ")
                    .append(family.help)
                    .append(" |\n"));
            page.append('\n');
        });
        page.append("""
                ## Kafka's clients, Netty, the JVM, the process

                Of Kafka's clients those meters that tell what is wrong, by `client`: the producer of QoS 0 and 1 (`sluice-ingress`),
                those of transactions (`sluice-commit-…`), the consumers of live subscribers (`sluice-tail-…`) and of those that catch
                up (`sluice-reader-…`). Of Netty the memory of its default allocator, which all sockets use. The JVM's and the process'
                are Micrometer's.

                | name | type | labels | what it says |
                |---|---|---|---|
                """);
        families.stream().filter(family -> family.name.startsWith("kafka_")).forEach(family -> page.append("| `")
                .append(family.name)
                .append("` | ")
                .append(family.type)
                .append(" | `client` | ")
                .append(family.help)
                .append(" |\n"));
        families.stream().filter(family -> family.name.startsWith("netty_")).forEach(family -> page.append("| `")
                .append(family.name)
                .append("` | ")
                .append(family.type)
                .append(" | ")
                .append(labels(family))
                .append(" | ")
                .append(family.help)
                .append(" |\n"));
        return page.toString();
    }

    private static String area(Family family) {
        String rest = family.name.substring(OURS.length());
        return AREAS.entrySet().stream()
                .filter(area -> rest.startsWith(area.getKey()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static String labels(Family family) {
        return family.labels.entrySet().stream()
                .map(label -> CONFIGURED.contains(label.getKey())
                                || (OF_THE_BUILD.contains(label.getKey()) && family.name.endsWith("_info"))
                        ? "`" + label.getKey() + "`"
                        : "`" + label.getKey() + "`: " + String.join(", ", label.getValue()))
                .collect(Collectors.joining("; "));
    }
}
