package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A group that shares a subscription survives the process, and loses nothing by it. */
@Timeout(120)
final class SharedRestartIT {

    private static final String TOPIC = "shared/restart";
    private static final String FILTER = "$share/workers/" + TOPIC;
    private static final int COUNT = 30;

    @ParameterizedTest
    @EnumSource(Stop.class)
    void everythingThatWasNotAcknowledgedComesAfterwards(Stop stop, @TempDir Path folder) throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0))) {
            kafka.start();
            try (ChildSluice sluice = new ChildSluice(
                    folder.resolve("sluice"), kafka.bootstrapServers(), "", "mqtt: {shared-strategy: round-robin}")) {
                sluice.start();
                Set<String> acknowledged = new HashSet<>();
                try (RawClient one = member(sluice, "one");
                        RawClient two = member(sluice, "two");
                        RawClient publisher = sluice.open()) {
                    one.subscribe(FILTER, 1);
                    two.subscribe(FILTER, 1);
                    publisher.connect(new Connect(Protocol.MQTT_5, "publisher"));
                    for (int i = 0; i < COUNT; i++) {
                        publisher.publish(TOPIC, Integer.toString(i));
                    }
                    // The one is in the middle of its window, the other has seen everything and answered nothing.
                    for (int i = 0; i < COUNT / 4; i++) {
                        acknowledged.add(one.message().payload());
                    }
                    for (int i = 0; i < COUNT / 2; i++) {
                        two.unacknowledged();
                    }
                    sluice.restart(stop);
                }

                List<String> after = new ArrayList<>();
                try (RawClient two = member(sluice, "two");
                        RawClient publisher = sluice.open()) {
                    assertThat(two.connAck().isSessionPresent()).isTrue();
                    publisher.connect(new Connect(Protocol.MQTT_5, "publisher"));
                    publisher.publish(TOPIC, "end");
                    Set<String> missing = all();
                    missing.removeAll(acknowledged);
                    while (!after.containsAll(missing)) {
                        after.add(two.message().payload());
                    }
                }
                if (stop == Stop.TERMINATE) {
                    assertThat(after)
                            .as("what was acknowledged is not sent again")
                            .doesNotContainAnyElementsOf(acknowledged);
                }
            }
        }
    }

    private static Set<String> all() {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < COUNT; i++) {
            all.add(Integer.toString(i));
        }
        all.add("end");
        return all;
    }

    private static RawClient member(ChildSluice sluice, String clientId) throws Exception {
        return sluice.open().connect(new Connect(Protocol.MQTT_5, clientId).persistent());
    }
}
