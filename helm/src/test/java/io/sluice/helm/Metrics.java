package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What metrics there are: those of the generated reference, and those of the JVM and the process, which are Micrometer's. */
final class Metrics {

    private static final String REFERENCE = Yaml.read(Path.of("../docs/reference/metrics.md"));
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z0-9_]+)` \\| (\\w+) \\|([^|]*)\\|", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("`([a-z_]+)`");
    private static final Pattern NAME =
            Pattern.compile("\\b(?:sluice|kafka_consumer|kafka_producer|netty|jvm|process|system)_[a-z0-9_]+\\b");

    /** What the dashboards use of these; that they are there is seen by a real Prometheus, in bridge-app's PrometheusIT. */
    private static final Set<String> OF_THE_JVM = Set.of(
            "jvm_buffer_memory_used_bytes",
            "jvm_gc_pause_seconds",
            "jvm_memory_max_bytes",
            "jvm_memory_used_bytes",
            "process_cpu_seconds_total",
            "process_files_max_files",
            "process_files_open_files",
            "process_start_time_seconds",
            "system_cpus");

    /** What Prometheus says of each target. */
    private static final Set<String> OF_THE_TARGET = Set.of("job", "instance", "namespace", "pod", "le");

    private static final Map<String, Set<String>> LABELS = labels();
    private static final Set<String> NAMES = names();

    private Metrics() {}

    private static Map<String, Set<String>> labels() {
        Map<String, Set<String>> labels = new TreeMap<>();
        for (Matcher row = ROW.matcher(REFERENCE); row.find(); ) {
            Set<String> names = new TreeSet<>();
            LABEL.matcher(row.group(3)).results().forEach(label -> names.add(label.group(1)));
            labels.put(row.group(1), names);
        }
        return labels;
    }

    private static Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (Matcher row = ROW.matcher(REFERENCE); row.find(); ) {
            String name = row.group(1);
            if (row.group(2).equals("histogram")) {
                names.addAll(Set.of(name + "_bucket", name + "_count", name + "_sum"));
            } else {
                names.add(name);
            }
        }
        for (String name : OF_THE_JVM) {
            names.add(name);
            if (name.endsWith("_pause_seconds")) {
                names.addAll(Set.of(name + "_count", name + "_sum", name + "_max"));
            }
        }
        return names;
    }

    /** Names of metrics in a text, those that rules record left out. */
    static Set<String> in(String text) {
        Set<String> found = new TreeSet<>();
        NAME.matcher(text).results().forEach(name -> found.add(name.group()));
        return found;
    }

    /** In a query: of a histogram there are its series alone. */
    static void assertExists(String name) {
        assertThat(NAMES.contains(name))
                .as("in docs/reference/metrics.md: %s", name)
                .isTrue();
    }

    /** In a text: a histogram is meant by its name. */
    static void assertKnown(String name) {
        assertThat(NAMES.contains(name) || NAMES.contains(name + "_count"))
                .as("in docs/reference/metrics.md: %s", name)
                .isTrue();
    }

    /** Whether the series of a metric can have this label. */
    static boolean hasLabel(String name, String label) {
        String family = name.replaceFirst("_(bucket|count|sum)$", "");
        return OF_THE_TARGET.contains(label)
                || LABELS.getOrDefault(
                                LABELS.containsKey(name) ? name : family, Set.of("id", "area", "cause", "action", "gc"))
                        .contains(label);
    }
}
