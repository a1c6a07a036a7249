package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Retained messages (MQTT 5, sections 3.3.1.3 and 3.8.3.1). */
@ExtendWith(SluiceExtension.class)
final class RetainedIT {

    private static final int NO_LOCAL = 0x04;
    private static final int RETAIN_AS_PUBLISHED = 0x08;
    private static final int ONLY_IF_NEW = 0x10;
    private static final int NEVER = 0x20;

    @ParameterizedTest
    @EnumSource
    void aNewSubscriptionGetsTheRetainedMessageWithItsFlag(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient publisher = sluice.connect(protocol);
                RawClient subscriber = sluice.connect(protocol)) {
            publisher.publish(topic, "21.5", 1, true);

            subscriber.subscribe(topic, 1);

            ReceivedMessage message = subscriber.message();
            assertThat(message.payload()).isEqualTo("21.5");
            assertThat(message.retain()).isTrue();
            assertThat(message.qos()).isEqualTo(1);
        }
    }

    @Test
    void anEstablishedSubscriptionGetsItWithoutTheFlag(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {
            client.subscribe(topic, 1);

            client.publish(topic, "21.5", 1, true);

            assertThat(client.message().retain()).isFalse();
        }
    }

    @Test
    void retainAsPublishedKeepsTheFlag(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1 | RETAIN_AS_PUBLISHED);

            client.publish(topic, "retained", 1, true);
            client.publish(topic, "live", 1, false);

            assertThat(client.message().retain()).isTrue();
            assertThat(client.message().retain()).isFalse();
        }
    }

    @Test
    void theLastOneReplacesThoseBefore(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "first", 1, true);
            client.publish(topic, "second", 2, true);
            client.publish(topic, "not retained", 1, false);

            client.subscribe(topic, 2);
            client.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).containsExactly("second");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyPayloadClearsIt(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(protocol)) {
            client.publish(topic, "21.5", 1, true);
            client.publish(topic, "", 1, true);

            client.subscribe(topic, 1);
            client.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void theEmptyPayloadIsDeliveredToThoseThatAreSubscribed(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1);

            client.publish(topic, "", 1, true);

            ReceivedMessage message = client.message();
            assertThat(message.payload()).isEmpty();
            assertThat(message.retain()).isFalse();
        }
    }

    @Test
    void aWildcardFindsAllOfThem(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic + "/a/temp", "1", 1, true);
            client.publish(topic + "/b/temp", "2", 1, true);
            client.publish(topic + "/b/hum", "3", 1, true);
            client.publish(topic, "4", 1, true);

            client.subscribe(topic + "/+/temp", 1);
            client.publish(topic + "/x/temp", "end of +");
            List<String> byPlus = client.payloadsUntil("end of +");
            client.subscribe(topic + "/#", 1);
            client.publish(topic + "/x", "end of #");
            List<String> byHash = client.payloadsUntil("end of #");

            assertThat(byPlus).containsExactlyInAnyOrder("1", "2");
            assertThat(byHash).containsExactlyInAnyOrder("1", "2", "3", "4");
        }
    }

    @Test
    void subscribingAgainSendsThemAgain(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "21.5", 1, true);
            client.subscribe(topic, 1);
            client.message();

            client.subscribe(topic, 1);

            assertThat(client.message().payload()).isEqualTo("21.5");
        }
    }

    @Test
    void retainHandling1SendsThemToANewSubscriptionOnly(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "21.5", 1, true);
            client.subscribe(topic, 1 | ONLY_IF_NEW);
            assertThat(client.message().payload()).isEqualTo("21.5");

            client.subscribe(topic, 1 | ONLY_IF_NEW);
            client.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void retainHandling2NeverSendsThem(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "21.5", 1, true);

            client.subscribe(topic, 1 | NEVER);
            client.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void noLocalHidesOnesOwnMessages(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5);
                RawClient other = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1 | NO_LOCAL);

            client.publish(topic, "own");
            other.publish(topic, "end");

            assertThat(client.payloadsUntil("end")).isEmpty();
        }
    }

    @Test
    void anExpiredRetainedMessageIsGone(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "short", 1, true, Property.messageExpiry(1));
            client.publish(topic + "/lasting", "long", 1, true, Property.messageExpiry(1_000));

            // Subscribes anew until it is gone: time passes by itself.
            org.awaitility.Awaitility.await().untilAsserted(() -> {
                client.subscribe(topic + "/#", 1);
                client.publish(topic, "end");
                assertThat(client.payloadsUntil("end")).containsExactly("long");
            });
        }
    }

    /** The first of two SUBSCRIBEs gives up to wait for what all who subscribe now wait for together. */
    @Test
    void whoSubscribesTwiceAtOnceTakesItFromNobody(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient twice = sluice.connect(MQTT_5);
                RawClient once = sluice.connect(MQTT_5)) {
            once.publish(topic, "21.5", 1, true);
            for (int round = 0; round < 20; round++) {
                twice.send(
                        Wire.subscribe(MQTT_5, twice.nextPacketId(), topic, 1),
                        Wire.subscribe(MQTT_5, twice.nextPacketId(), topic, 1));
                once.subscribe(topic, 1);
                twice.next(Wire.SUBACK);
                twice.next(Wire.SUBACK);
                once.publish(topic, "end");

                assertThat(once.payloadsUntil("end")).containsExactly("21.5");
                assertThat(twice.payloadsUntil("end")).contains("21.5");
            }
        }
    }
}
