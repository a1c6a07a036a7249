package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.QueueTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever can queue in the code is in {@code queues.txt}: with the place that its row in the table of queues has, or with
 * the reason why it needs none. A new queue fails here until somebody has said what bounds it.
 */
final class QueuesTest {

    private static final Path KNOWN = Path.of("src/test/resources/queues.txt");
    private static final List<Path> SOURCES = List.of(
            Path.of("../mqtt-server/src/main/java"),
            Path.of("../kafka-connector/src/main/java"),
            Path.of("src/main/java"));
    private static final String NO_ROW = "no row: ";

    /** What makes something in which things wait, and the variable that it is given to, if that is on the same line. */
    private static final Pattern QUEUE = Pattern.compile("(?:(\\w+)\\s*=\\s*[^=;]*?)?\\b(?:new\\s+(?:[\\w.]+\\.)?"
            + "(\\w*(?:Queue|Deque|Executor|LoopMailbox|LinkedList))\\b(?:<[^>]*>)?\\(|(Sinks)\\.|"
            + "Schedulers\\.(new\\w+)\\(|Executors\\.(new\\w+)\\(|\\.(onBackpressureBuffer|publishOn)\\()");

    @Test
    void everyQueueInTheCodeIsKnown() throws IOException {
        assertThat(inTheCode()).hasSizeGreaterThan(10);
        assertThat(inTheCode())
                .as("queues in the code: add what is new to " + KNOWN)
                .isEqualTo(known().keySet());
    }

    @Test
    void everyQueueHasARowOrAReason() throws IOException {
        Set<String> places = QueueTable.rows().stream().map(Row::place).collect(Collectors.toSet());

        assertThat(known()).allSatisfy((queue, row) -> assertThat(
                        places.contains(row) || (row.startsWith(NO_ROW) && row.length() > NO_ROW.length() + 15))
                .as(queue + " = " + row + " (expected: a place of the table, or \"no row:\" and the reason)")
                .isTrue());
    }

    @Test
    void aQueueIsFoundHoweverItIsMade() {
        assertThat(found("    private final Queue<A> waiting = new ConcurrentLinkedQueue<>();"))
                .containsExactly("waiting");
        assertThat(found("        requests = new LinkedBlockingQueue<>(max);")).containsExactly("requests");
        assertThat(found("    return computeIfAbsent(key, k -> new LoopMailbox<>(k));"))
                .containsExactly("LoopMailbox");
        assertThat(found("    Sinks.Empty<Void> closing = Sinks.empty();")).containsExactly("closing");
        assertThat(found("    private final Sinks.Many<A> all =")).isEmpty();
        assertThat(found("    flux.onBackpressureBuffer(10)")).containsExactly("onBackpressureBuffer");
        assertThat(found("    Scheduler pages = Schedulers.newBoundedElastic(2, 100, \"pages\");"))
                .containsExactly("pages");
        assertThat(found("    import java.util.ArrayDeque;")).isEmpty();
    }

    private static Set<String> inTheCode() throws IOException {
        Set<String> queues = new TreeSet<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String type = String.valueOf(file.getFileName()).replace(".java", "");
                    for (String line : Files.readAllLines(file)) {
                        found(line).forEach(name -> queues.add(type + "." + name));
                    }
                }
            }
        }
        return queues;
    }

    /** The variables that a line gives a queue to, or the kinds of queues where it gives them to none. */
    private static List<String> found(String line) {
        List<String> names = new ArrayList<>();
        String code = line.strip();
        boolean isCode = !code.startsWith("*") && !code.startsWith("//") && !code.startsWith("import ");
        Matcher matcher = QUEUE.matcher(code);
        while (isCode && matcher.find()) {
            Stream.of(1, 2, 4, 5, 6)
                    .map(matcher::group)
                    .filter(group -> group != null)
                    .findFirst()
                    .ifPresent(names::add);
        }
        return names;
    }

    private static Map<String, String> known() throws IOException {
        Map<String, String> known = new LinkedHashMap<>();
        for (String line : Files.readAllLines(KNOWN)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" = ", 2);
                assertThat(parts).as("queues.txt: " + line).hasSize(2);
                assertThat(known.put(parts[0].strip(), parts[1].strip()))
                        .as(line)
                        .isNull();
            }
        }
        return new java.util.TreeMap<>(known);
    }
}
