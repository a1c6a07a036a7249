package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * What must be true of the metrics whenever nothing is under way: nobody has come or gone uncounted, and no message has
 * been read whose fate is not told.
 */
public final class LoadInvariants {

    private LoadInvariants() {}

    /** @param scrape Prometheus' text, taken when all that was published is answered */
    public static void assertHold(String scrape) {
        List<String> series = scrape.lines().toList();
        assertThat(sum(series, "sluice_connections"))
                .as("connections = opened - closed")
                .isEqualTo(sum(series, "sluice_connections_opened_total")
                        - sum(series, "sluice_connections_closed_total"));
        // A will that is denied does not come as far as the rules.
        List<String> wills = series.stream()
                .filter(line -> !line.contains("event=\"denied\""))
                .toList();
        assertThat(sum(series, "sluice_messages_received_total") + sum(wills, "sluice_wills_total"))
                .as("received and wills = acknowledged by Kafka + dead letters + rejected + lost at QoS 0"
                        + " + repeated by the client at QoS 2")
                .isEqualTo(sum(series, "sluice_ingress_acknowledged_total")
                        + sum(series, "sluice_ingress_dead_lettered_total")
                        + sum(series, "sluice_ingress_rejected_total")
                        + sum(series, "sluice_ingress_qos0_lost_total")
                        + sum(series, "sluice_ingress_duplicates_total"));
    }

    private static double sum(List<String> series, String name) {
        return series.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
