package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.QueueTable.Row;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The table of queues against the metrics of a running Sluice, both ways. */
@ExtendWith(SluiceExtension.class)
final class QueuesIT {

    /** The value of a bound is beside its limit, under the same name but for this. */
    private static final String LIMIT = "_limit";

    @Test
    void everyRowHasAMetricThatExists(RunningSluice sluice) throws IOException {
        List<String> series = series(sluice);

        assertThat(QueueTable.rows()).hasSizeGreaterThan(15).allSatisfy(row -> {
            assertThat(row.metrics()).as(row.place()).isNotEmpty();
            assertThat(row.metrics()).as(row.place()).allMatch(metric -> exists(metric, series));
        });
    }

    @Test
    void everyMetricOfALimitHasARowAndItsValueIsInTheSameRow(RunningSluice sluice) throws IOException {
        List<Row> rows = QueueTable.rows();
        Set<String> limits = series(sluice).stream()
                .map(QueuesIT::name)
                .filter(name -> name.startsWith("sluice_") && name.contains(LIMIT))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(limits).hasSizeGreaterThan(7).allSatisfy(limit -> {
            String value = limit.replace(LIMIT, "");
            assertThat(rows)
                    .as(limit + " and its value")
                    .anyMatch(row -> row.metrics().contains(limit)
                            && row.metrics().stream().anyMatch(metric -> isValue(metric, value)));
        });
    }

    private static boolean isValue(String metric, String value) {
        return metric.equals(value) || (metric.startsWith(value + "_") && !metric.contains(LIMIT));
    }

    private static List<String> series(RunningSluice sluice) {
        return sluice.scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    private static String name(String series) {
        int brace = series.indexOf('{');
        return brace < 0 ? series : series.substring(0, brace);
    }

    /** Whether there is a series of this name with these labels, whatever other labels it has. */
    private static boolean exists(String metric, List<String> series) {
        String label = metric.contains("{") ? metric.substring(metric.indexOf('{') + 1, metric.indexOf('}')) : "";
        return series.stream().anyMatch(one -> name(one).equals(name(metric)) && one.contains(label));
    }
}
