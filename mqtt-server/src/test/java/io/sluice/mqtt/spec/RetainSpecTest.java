package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Retained messages and their expiry (sections 3.3.1.3, 3.3.2.3.3 and 3.8.3.1). */
final class RetainSpecTest extends SpecTest {

    private static final int RETAIN_AS_PUBLISHED = 0x08;
    private static final int ONLY_IF_NEW = 0x10;
    private static final int NONE = 0x20;

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.1-5", "3.3.1-9"},
            mqtt3 = {"3.3.1-5", "3.3.1-6", "3.3.1-8", "3.3.1-7"})
    void theLastRetainedMessageComesWithTheSubscription(Version version) throws IOException {
        String level = SpecServer.unique("r");
        Device device = connect(version);
        device.retain(level + "/a", "old", 1).retain(level + "/a", "new", 0).retain(level + "/b/c", "deep", 2);

        for (int i = 0; i < 2; i++) {
            assertThat(device.subscribe(level + "/#", 2)).isEqualTo(2);
            List<String> got = new ArrayList<>();
            for (int j = 0; j < 2; j++) {
                Received.Message message = device.message();
                assertThat(message.retain()).isTrue();
                got.add(message.payload() + " at " + message.qos());
            }
            assertThat(got).containsExactlyInAnyOrder("new at 0", "deep at 2");
            device.assertQuiet();
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "3.3.1-9", mqtt3 = "3.3.1-6")
    void aWildcardBringsAllOfThem(Version version) throws IOException {
        String level = SpecServer.unique("many");
        Device device = connect(version);
        int count = 300;
        for (int i = 0; i < count; i++) {
            device.retain(level + "/" + i, "m" + i, i == count - 1 ? 1 : 0);
        }
        device.subscribe(level + "/+", 1);

        assertThat(device.payloads(count)).doesNotHaveDuplicates();
        device.assertQuiet();
    }

    @EachVersion
    @Conforms(mqtt5 = "3.3.1-12", mqtt3 = "3.3.1-9")
    void onAnEstablishedSubscriptionRetainIsZero(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 2);

        for (int qos = 0; qos <= 2; qos++) {
            device.retain(topic, "m", qos);
            assertThat(device.message().retain()).isFalse();
        }
    }

    @Test
    @Conforms(mqtt5 = {"3.3.1-13", "3.3.1-12"})
    void retainAsPublishedKeepsTheFlag() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        device.subscribe(topic, 1 | RETAIN_AS_PUBLISHED);

        device.retain(topic, "kept", 1).publish(topic, "not", 1);

        assertThat(device.message().retain()).isTrue();
        assertThat(device.message().retain()).isFalse();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.1-6", "3.3.1-7"},
            mqtt3 = {"3.3.1-10", "3.3.1-11"})
    void anEmptyRetainedMessageClearsTheTopic(Version version) throws IOException {
        String topic = topic();
        for (int qos = 0; qos <= 2; qos++) {
            Device device = connect(version);
            device.subscribe(topic, 2);
            device.retain(topic, "kept", 1).retain(topic, "", qos);
            assertThat(device.message().payload()).isEqualTo("kept");
            Received.Message empty = device.message();
            assertThat(empty.payload()).isEmpty();
            assertThat(empty.retain()).isFalse();

            Device later = connect(version);
            later.subscribe(topic, 2);
            later.assertQuiet();
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "3.3.1-8", mqtt3 = "3.3.1-12")
    void anOrdinaryMessageLeavesTheRetainedOneAlone(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.publish(topic, "never retained", 1);
        device.subscribe(topic, 1);
        device.assertQuiet();
        device.unsubscribe(topic);

        device.retain(topic, "kept", 1).publish(topic, "passing", 1).publish(topic, "", 1);
        device.subscribe(topic, 1);

        assertThat(device.message().payload()).isEqualTo("kept");
        device.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.3.1-9", "3.3.1-10", "3.3.1-11", "3.8.4-4"})
    void retainHandlingSaysWhenTheyAreSent() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.retain(topic, "kept", 1);

        device.subscribe(topic, 1 | NONE);
        device.assertQuiet();
        device.subscribe(topic, 1 | ONLY_IF_NEW);
        device.assertQuiet();
        device.subscribe(topic, 1);
        assertThat(device.message().payload()).isEqualTo("kept");
        device.unsubscribe(topic);
        device.subscribe(topic, 1 | ONLY_IF_NEW);
        assertThat(device.message().payload()).isEqualTo("kept");
        device.disconnect();

        // A subscription of the session that is taken up is not new.
        Device again = connect(Version.V5, id, Connect::persistent);
        again.subscribe(topic, 1 | ONLY_IF_NEW);
        again.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.3.2-5", "3.3.2-6"})
    void aMessageExpires() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.subscribe(topic, 1);
        device.disconnect();
        Device publisher = connect(Version.V5);
        for (int seconds : new int[] {10, 1_000}) {
            int packetId = publisher.packetId();
            byte[] expiry = Property.ofInt(Property.MESSAGE_EXPIRY, seconds);
            publisher.send(Wire.publish5(3, topic, packetId, "for " + seconds, expiry));
            publisher.assertAnswered(Wire.PUBACK, packetId);
            publisher.send(Wire.publish5(3, topic + "/" + seconds, packetId, "retained", expiry));
            publisher.assertAnswered(Wire.PUBACK, packetId);
        }
        server().clock().putForward(Duration.ofSeconds(100));

        Device again = connect(Version.V5, id, Connect::persistent);
        Received.Message left = again.message();
        assertThat(left.payload()).isEqualTo("for 1000");
        assertThat(left.properties().number(Property.MESSAGE_EXPIRY)).isBetween(880L, 900L);
        again.subscribe(topic + "/+", 1);
        Received.Message retained = again.message();
        assertThat(retained.topic()).isEqualTo(topic + "/1000");
        assertThat(retained.properties().number(Property.MESSAGE_EXPIRY)).isBetween(880L, 900L);
        again.assertQuiet();
    }
}
