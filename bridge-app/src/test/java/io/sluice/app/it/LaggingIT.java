package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber that cannot keep up is caught up from the log, and holds nobody up. */
@ExtendWith(SluiceExtension.class)
final class LaggingIT {

    private static final int COUNT = 1_000;

    private static List<String> payloads() {
        return IntStream.range(0, COUNT).mapToObj(Integer::toString).toList();
    }

    /** Publishes all payloads and then "end", as fast as we take them. */
    private static void publishAll(RunningSluice sluice, String topic, int qos) throws IOException {
        try (RawClient publisher = sluice.connect(MQTT_3_1_1)) {
            int id = 0;
            for (String payload : payloads()) {
                publisher.send(publisher.publication(topic, payload, 1, false, ++id));
            }
            publisher.send(publisher.publication(topic, "end", Math.max(1, qos), false, ++id));
            for (int i = 1; i <= COUNT; i++) {
                publisher.assertAnswered(Wire.PUBACK, i);
            }
            publisher.assertAnswered(qos == 2 ? Wire.PUBREC : Wire.PUBACK, id);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535})
    void whoDoesNotReadGetsEverythingInOrderLater(int receiveMaximum, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        double swept = sluice.metric("sluice.sweep.records");
        try (RawClient slow = sluice.connect(
                        MQTT_5,
                        sluice.unique("slow"),
                        connect -> connect.with(Property.receiveMaximum(receiveMaximum)));
                RawClient quick = sluice.connect(MQTT_5)) {
            slow.subscribe(topic, 1);
            quick.subscribe(topic, 1);

            publishAll(sluice, topic, 1);

            assertThat(quick.payloadsUntil("end")).isEqualTo(payloads());
            assertThat(slow.payloadsUntil("end")).isEqualTo(payloads());
            assertThat(sluice.metric("sluice.sweep.records")).isGreaterThan(swept);
        }
    }

    @Test
    void whoCameBackToMuchGetsItWhileNewMessagesCome(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(topic + "/#", 1);
        before.disconnect();
        publishAll(sluice, topic + "/old", 1);

        try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent);
                RawClient publisher = sluice.connect(MQTT_5)) {
            publisher.publish(topic + "/old", "1 more").publish(topic + "/old", "2 more");

            assertThat(back.payloadsUntil("end")).isEqualTo(payloads());
            assertThat(back.message().payload()).isEqualTo("1 more");
            assertThat(back.message().payload()).isEqualTo("2 more");
        }
    }

    @Test
    void onceCaughtUpItIsServedFromTheTailAgain(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient slow =
                sluice.connect(MQTT_5, sluice.unique("slow"), connect -> connect.with(Property.receiveMaximum(1)))) {
            slow.subscribe(topic, 1);
            publishAll(sluice, topic, 1);
            slow.payloadsUntil("end");

            // Whether the last steps are still read from the log is a matter of timing, so: until none is.
            try (RawClient publisher = sluice.connect(MQTT_5)) {
                Awaitility.await().untilAsserted(() -> {
                    double swept = sluice.metric("sluice.sweep.records");
                    publisher.publish(topic, "live");
                    assertThat(slow.message().payload()).isEqualTo("live");
                    assertThat(sluice.metric("sluice.sweep.records")).isEqualTo(swept);
                });
            }
        }
    }

    @Test
    void aStalledSocketStallsNobodyElse(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String large = "x".repeat(60_000);
        try (RawClient stalled = sluice.connect(MQTT_5);
                RawClient quick = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            stalled.subscribe(topic, 0);
            quick.subscribe(topic, 1);

            // More than the buffers of both sockets hold, to one that does not read.
            for (int i = 0; i < 200; i++) {
                publisher.publish(topic, large);
                assertThat(quick.message().payload()).hasSize(large.length());
            }
        }
    }
}
