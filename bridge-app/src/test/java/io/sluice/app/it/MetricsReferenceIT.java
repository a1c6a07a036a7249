package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.MetricsPage.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics of a running Sluice against their rules and their page. */
@ExtendWith(SluiceExtension.class)
final class MetricsReferenceIT {

    private static final Path PAGE = Path.of("../docs/reference/metrics.md");
    /** Nothing that a device, a user or a message can choose. */
    private static final Set<String> LABELS = Set.of(
            "action",
            "authenticator",
            "listener",
            "method",
            "rule",
            "qos",
            "version",
            "type",
            "reason",
            "outcome",
            "source",
            "state",
            "event",
            "error",
            "kind",
            "direction",
            "matched",
            "topic",
            "revision",
            "java",
            "cache",
            "result",
            "client");

    private static final Pattern HISTOGRAM = Pattern.compile("^[a-z0-9_]+_(bucket|count|sum)[{ ]");
    private static final List<String> NOT_ON_GAUGES = List.of("_total", "_count", "_sum", "_bucket");

    private static List<Family> ours(RunningSluice sluice) {
        return MetricsPage.families(sluice.snapshots()).stream()
                .filter(family -> family.name().startsWith("sluice_"))
                .toList();
    }

    @Test
    void thePageIsUpToDate(RunningSluice sluice) throws IOException {
        String markdown = MetricsPage.markdown(MetricsPage.families(sluice.snapshots()));
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, markdown);
        }
        assertThat(PAGE).content().isEqualTo(markdown);
    }

    @Test
    void everyFamilySaysWhatItIsUnderANameByTheRules(RunningSluice sluice) {
        assertThat(ours(sluice)).hasSizeGreaterThan(80).allSatisfy(family -> {
            assertThat(family.help()).as(family.name()).hasSizeGreaterThan(6);
            assertThat(family.labels().keySet()).as(family.name()).isSubsetOf(LABELS);
            if (family.type().equals("counter")) {
                assertThat(family.name()).endsWith("_total");
            } else {
                assertThat(NOT_ON_GAUGES).noneMatch(family.name()::endsWith);
            }
        });
    }

    /**
     * With 4 listeners, 20 rules and one way to authenticate there are to be 720 at most: what each of them adds is
     * counted here.
     */
    @Test
    void theNumberOfSeriesIsBounded(RunningSluice sluice) {
        long now = countWith(sluice, "");
        long perListener = countWith(sluice, "listener=\"mqtt\"");
        long perRule = countWith(sluice, "rule=\"tests\"");

        assertThat(now - 3 * perListener - 5 * perRule + 4 * perListener + 20 * perRule)
                .as("series besides histograms: %s for a listener, %s for a rule", perListener, perRule)
                .isLessThanOrEqualTo(720);
    }

    private static long countWith(RunningSluice sluice, String label) {
        return sluice.scrape()
                .lines()
                .filter(line -> line.startsWith("sluice_") && line.contains(label))
                .filter(line -> !HISTOGRAM.matcher(line).find())
                .count();
    }
}
