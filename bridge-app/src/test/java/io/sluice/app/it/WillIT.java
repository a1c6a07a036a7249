package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wills (MQTT 5, section 3.1.2.5). */
@ExtendWith(SluiceExtension.class)
final class WillIT {

    private static final int DISCONNECT_WITH_WILL = 0x04;

    @ParameterizedTest
    @EnumSource
    void isPublishedWhenTheNetworkBreaks(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(protocol)) {
            watcher.subscribe(topic, 2);
            RawClient device =
                    sluice.connect(protocol, sluice.unique("d"), connect -> connect.will(topic, "gone", 2, false));

            device.breakOff();

            ReceivedMessage will = watcher.message();
            assertThat(will.payload()).isEqualTo("gone");
            assertThat(will.qos()).isEqualTo(2);
            assertThat(will.retain()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotPublishedAfterANormalGoodbye(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(protocol)) {
            watcher.subscribe(topic, 1);
            RawClient device =
                    sluice.connect(protocol, sluice.unique("d"), connect -> connect.will(topic, "gone", 1, false));

            device.disconnect();
            watcher.publish(topic, "end");

            assertThat(watcher.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void isPublishedWhenTheClientAsksForItInItsGoodbye(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            RawClient device =
                    sluice.connect(MQTT_5, sluice.unique("d"), connect -> connect.will(topic, "gone", 1, false));

            device.disconnect(Wire.packet(Wire.DISCONNECT, Wire.u8(DISCONNECT_WITH_WILL)));

            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
    }

    @Test
    void isPublishedAfterAProtocolError(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_3_1_1);
                RawClient device = sluice.connect(
                        MQTT_3_1_1, sluice.unique("d"), connect -> connect.will(topic, "gone", 1, false))) {
            watcher.subscribe(topic, 1);

            device.send(Wire.packet(0xF0));

            device.assertClosed();
            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
    }

    @ParameterizedTest
    @EnumSource
    void isPublishedWhenTheClientIdIsTakenOver(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("d");
        try (RawClient watcher = sluice.connect(protocol)) {
            watcher.subscribe(topic, 1);
            RawClient old = sluice.connect(protocol, clientId, connect -> connect.will(topic, "gone", 1, false));

            RawClient successor = sluice.connect(protocol, clientId, connect -> {});

            assertThat(watcher.message().payload()).isEqualTo("gone");
            successor.close();
            old.close();
        }
    }

    @Test
    void isRetainedWhenItSaysSo(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_3_1_1)) {
            watcher.subscribe(topic, 1);
            sluice.connect(MQTT_3_1_1, sluice.unique("d"), connect -> connect.will(topic, "gone", 1, true))
                    .breakOff();
            watcher.message();

            watcher.subscribe(topic, 1);

            ReceivedMessage retained = watcher.message();
            assertThat(retained.payload()).isEqualTo("gone");
            assertThat(retained.retain()).isTrue();
        }
    }

    @Test
    void waitsForItsDelay(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            RawClient device = sluice.connect(MQTT_5, sluice.unique("d"), connect -> connect.persistent()
                    .will(topic, "gone", 1, false, Property.willDelay(1)));

            device.breakOff();
            watcher.publish(topic, "before");

            assertThat(watcher.message().payload()).isEqualTo("before");
            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
    }

    @Test
    void isNotPublishedWhenTheClientIsBackInTime(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("d");
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            sluice.connect(MQTT_5, clientId, connect -> connect.persistent()
                            .will(topic, "gone", 1, false, Property.willDelay(1)))
                    .breakOff();
            RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent);

            // A will of the same delay that is due later: the other would have come before it.
            sluice.connect(MQTT_5, sluice.unique("d"), connect -> connect.persistent()
                            .will(topic, "end", 1, false, Property.willDelay(1)))
                    .breakOff();

            assertThat(watcher.payloadsUntil("end")).isEmpty();
            back.close();
        }
    }

    @Test
    void isPublishedWhenTheSessionEndsBeforeItsDelay(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            RawClient device = sluice.connect(
                    MQTT_5,
                    sluice.unique("d"),
                    connect -> connect.will(topic, "gone", 1, false, Property.willDelay(1_000)));

            device.breakOff();

            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
    }

    @Test
    void carriesItsProperties(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            RawClient device = sluice.connect(
                    MQTT_5,
                    sluice.unique("d"),
                    connect -> connect.will(
                            topic,
                            "gone",
                            1,
                            false,
                            Property.contentType("text/plain"),
                            Property.messageExpiry(100),
                            Property.userProperty("site", "north")));

            device.breakOff();

            ReceivedProperties properties = watcher.message().properties();
            assertThat(properties.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
            assertThat(properties.number(Property.MESSAGE_EXPIRY)).isBetween(90L, 100L);
            assertThat(properties.all(Property.USER_PROPERTY)).containsExactly(java.util.Map.entry("site", "north"));
        }
    }

    @Test
    void isNotPublishedWhenItsDelayIsCutShortByTheSameClient(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("d");
        try (RawClient watcher = sluice.connect(MQTT_5)) {
            watcher.subscribe(topic, 1);
            RawClient old = sluice.connect(MQTT_5, clientId, connect -> connect.persistent()
                    .will(topic, "gone", 1, false, Property.willDelay(1_000)));

            RawClient successor = sluice.connect(MQTT_5, clientId, Connect::persistent);
            watcher.publish(topic, "end");

            assertThat(watcher.payloadsUntil("end")).isEmpty();
            old.close();
            successor.close();
        }
    }
}
