package io.sluice.app.it;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.HaltCase.Place;
import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process halts at each point between two steps of each exchange; its clients, true to the specification to the
 * byte, resume. What must hold then is docs/reference/failpoints.md. {@code -Dfailpoint=Q2} runs those whose ids begin so.
 */
@Timeout(60)
final class FailpointIT {

    /** Of a version and a place. */
    private static final int PAIRS = 4;

    private static final String INSTANCE = "instance: {name: %s}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private static ChildSluice halting;

    @SuppressWarnings("NullAway.Init")
    private static ChildSluice other;

    @BeforeAll
    static void start() throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
        halting = child("halting").withFailpoints();
        other = child("other");
        other.start();
    }

    private static ChildSluice child(String name) throws IOException {
        return new ChildSluice(folder.resolve(name), kafka.bootstrapServers(), "", INSTANCE.formatted(name));
    }

    @AfterAll
    static void stop() throws Exception {
        other.close();
        halting.close();
        kafka.close();
    }

    /** In words, for the table. */
    static String places() {
        return "the same and on another instance";
    }

    /** Each point with one version in one place, all pairs of them in turn: the others are in the long profile. */
    static List<Arguments> cases() {
        return cases(true);
    }

    static List<Arguments> theOtherPairs() {
        return cases(false);
    }

    private static List<Arguments> cases(boolean isMain) {
        List<Arguments> cases = new ArrayList<>();
        String only = System.getProperty("failpoint", "");
        int number = 0;
        for (Failpoint point : Failpoint.values()) {
            int mainPair = number++ % PAIRS;
            if (!point.id().startsWith(only)) {
                continue;
            }
            int pair = 0;
            for (Protocol protocol : List.of(Protocol.MQTT_3_1_1, Protocol.MQTT_5)) {
                for (Place place : Place.values()) {
                    if (isMain == (pair == mainPair)) {
                        cases.add(Arguments.of(point, protocol, place));
                    }
                    pair++;
                }
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0}, {1}, resumed on the {2} instance")
    @MethodSource("cases")
    void haltedAt(Failpoint point, Protocol protocol, Place place) throws Exception {
        if (!halting.isRunning()) {
            halting.start();
        }
        ChildSluice resuming = place == Place.SAME ? halting : other;
        HaltScenario.of(point).run(new HaltCase(point, protocol, halting, resuming, kafka.bootstrapServers()));
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}, {1}, resumed on the {2} instance")
    @MethodSource("theOtherPairs")
    void haltedAtWithTheOtherPairs(Failpoint point, Protocol protocol, Place place) throws Exception {
        haltedAt(point, protocol, place);
    }
}
