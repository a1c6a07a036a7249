package io.sluice.app.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.it.ChildSluice;
import io.sluice.app.it.LoadInvariants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics do not grow with devices or topics: the scrape of ten thousand is the scrape of one. */
@Tag("alone")
final class SeriesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CLIENTS = 10_000;
    private static final int WAVE = 2_500;

    @TempDir
    private Path folder;

    @Test
    void tenThousandClientsOnTenThousandTopicsAddNoSeries() throws Exception {
        try (ChildSluice sluice = new ChildSluice(folder, null).withJavaOptions("-Xmx1g");
                Fleet fleet = new Fleet(sluice.port())) {
            sluice.start();
            wave(fleet, 0, 1);
            awaitNobody(sluice);
            Set<String> before = series(sluice);

            for (int from = 1; from < CLIENTS; from += WAVE) {
                wave(fleet, from, Math.min(CLIENTS, from + WAVE));
            }
            awaitNobody(sluice);

            assertThat(series(sluice)).isEqualTo(before);
            assertThat(fleet.problems()).isEmpty();
            assertThat(sluice.metric("sluice_connections_opened_total")).isEqualTo(CLIENTS);
            assertThat(sluice.metric("sluice_deliveries_total")).isEqualTo(CLIENTS);
            LoadInvariants.assertHold(sluice.metrics());
        }
    }

    /** Each of them subscribes to a topic of its own, publishes to it, gets it, and goes. */
    private static void wave(Fleet fleet, int from, int to) {
        for (int i = from; i < to; i++) {
            fleet.connect(fleet.add("series-" + i, true).subscribesTo("series/" + i));
        }
        List<FleetClient> wave = fleet.clients().subList(from, to);
        await().atMost(PATIENCE).until(() -> wave.stream().allMatch(client -> client.subscribed));
        fleet.loop().execute(() -> wave.forEach(client -> client.publish(client.clientId.replace('-', '/'), 0)));
        await().atMost(PATIENCE)
                .until(() -> wave.stream().allMatch(client -> client.received() == 1 && client.unanswered == 0));
        fleet.loop().execute(() -> wave.forEach(FleetClient::disconnect));
        await().atMost(PATIENCE).until(() -> wave.stream().noneMatch(client -> client.connected));
    }

    private static void awaitNobody(ChildSluice sluice) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> sluice.metric("sluice_connections") == 0 && sluice.metric("sluice_subscriptions") == 0);
    }

    private static Set<String> series(ChildSluice sluice) throws Exception {
        return sluice.metrics()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
