package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the server says of itself below {@code $SYS}, as operators of mosquitto know it. */
@ExtendWith(SluiceExtension.class)
final class SysTopicsIT {

    private static final int NOT_AUTHORIZED = 0x87;

    @Test
    void whoSubscribesIsToldAtOnceAndAgainWhenItChanges(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {
            client.subscribe("$SYS/broker/uptime", 0);

            ReceivedMessage retained = client.message();
            assertThat(retained.topic()).isEqualTo("$SYS/broker/uptime");
            assertThat(retained.payload()).matches("\\d+ seconds");
            assertThat(retained.retain()).isTrue();
            ReceivedMessage live = client.message();
            assertThat(live.retain()).isFalse();
            assertThat(live.payload()).isNotEqualTo(retained.payload());
        }
    }

    @Test
    void allOfItIsThere(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe("$SYS/#", 1);
            client.settled();

            List<String> topics = new ArrayList<>();
            while (client.hasKept(Wire.PUBLISH)) {
                topics.add(client.message().topic());
            }

            assertThat(topics)
                    .contains(
                            "$SYS/broker/version",
                            "$SYS/broker/clients/connected",
                            "$SYS/broker/messages/received",
                            "$SYS/broker/bytes/sent",
                            "$SYS/broker/subscriptions/count",
                            "$SYS/broker/retained messages/count",
                            "$SYS/broker/load/publish/received/1min");
        }
    }

    @Test
    void filtersThatBeginWithAWildcardMatchNoneOfIt(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            // [MQTT-4.7.2-1]
            client.subscribe("#", 0);
            client.subscribe("+/broker/#", 0);
            client.subscribe("$SYS/broker/uptime", 0);
            String topic = client.message().topic();
            while (!topic.equals("$SYS/broker/uptime")) {
                assertThat(topic).doesNotStartWith("$");
                topic = client.message().topic();
            }
            // From the next interval on: whatever else is told comes with it.
            topic = client.message().topic();
            while (!topic.equals("$SYS/broker/uptime")) {
                assertThat(topic).doesNotStartWith("$");
                topic = client.message().topic();
            }
        }
    }

    @Test
    void nobodyPublishesToIt(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.send(client.publication("$SYS/broker/version", "mine", 1, true, 1));

            assertThat(client.next(Wire.PUBACK).reasonCode()).isEqualTo(NOT_AUTHORIZED);
        }
    }
}
