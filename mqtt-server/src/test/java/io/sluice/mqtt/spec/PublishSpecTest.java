package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PUBLISH (section 3.3), but for retained messages and topic aliases. */
final class PublishSpecTest extends SpecTest {

    @EachVersion
    @Conforms(mqtt5 = "3.3.1-4", mqtt3 = "3.3.1-4")
    void qos3EndsTheConnection(Version version) throws IOException {
        connect(version).send(Wire.publish(version, 0x06, "a", 1, "x")).assertRefused(0x81);
        connect(version).send(Wire.publish(version, 0x0E, "a", 1, "x")).assertRefused(0x81);
    }

    @EachVersion
    @Conforms(mqtt5 = "3.3.1-2", mqtt3 = "3.3.1-2")
    void dupAtQos0EndsTheConnection(Version version) throws IOException {
        connect(version).send(Wire.publish(version, 0x08, "a", 0, "x")).assertRefused(0x81);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.1-2", "3.3.1-3", "4.3.1-1", "4.3.2-2", "4.3.3-2"},
            mqtt3 = {"3.3.1-2", "3.3.1-3", "4.3.1-1", "4.3.2-1", "4.3.3-1"})
    void dupIsNotPassedOn(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 2);

        device.publish(topic, "0", 0);
        device.send(Wire.publish(version, 0x0A, topic, 11, "1")).assertAnswered(Wire.PUBACK, 11);
        device.send(Wire.publish(version, 0x0C, topic, 12, "2")).assertAnswered(Wire.PUBREC, 12);

        for (int qos = 0; qos <= 2; qos++) {
            Received.Message message = device.message();
            assertThat(message.qos()).isEqualTo(qos);
            assertThat(message.dup()).isFalse();
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.2-2", "4.7.0-1"},
            mqtt3 = {"3.3.2-2", "4.7.1-1"})
    void aTopicNameHasNoWildcards(Version version) throws IOException {
        for (String topic : List.of("a/+", "#", "a#", "+", "a/+/b")) {
            connect(version).send(Wire.publish(version, 0, topic, 0, "x")).assertRefused(0x90);
            connect(version).send(Wire.publish(version, 2, topic, 1, "x")).assertRefused(0x90);
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "4.7.3-1", mqtt3 = "4.7.3-1")
    void aTopicNameIsNotEmpty(Version version) throws IOException {
        connect(version).send(Wire.publish(version, 2, "", 1, "x")).assertRefused(0x82);
        Device device = connect(version);
        device.send(Wire.subscribe(version, 1, 0, ""));
        assertThat(device.next(Wire.SUBACK).codes()).containsExactly(version.is5() ? 0x8F : 0x80);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.4-2", "3.8.4-8", "3.3.2-3"},
            mqtt3 = {"3.3.5-1", "3.8.4-6", "3.3.2-3"})
    void aMessageComesAtTheLowerQosOfPublishedAndGranted(Version version) throws IOException {
        String topic = topic();
        for (int granted = 0; granted <= 2; granted++) {
            Device device = connect(version);
            assertThat(device.subscribe(topic, granted)).isEqualTo(granted);
            for (int published = 0; published <= 2; published++) {
                device.publish(topic, "m", published);
                Received.Message message = device.message();
                assertThat(message.qos()).isEqualTo(Math.min(granted, published));
                assertThat(message.topic()).isEqualTo(topic);
            }
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.4-2", "3.3.4-3", "3.3.4-4", "3.3.4-5"},
            mqtt3 = "3.3.5-1")
    void whereSubscriptionsOverlapTheHighestQosCounts(Version version) throws IOException {
        String level = SpecServer.unique("overlap");
        Device device = connect(version);
        byte[][] none = new byte[0][];
        device.subscribe(level + "/#", 0, version.is5() ? one(Property.subscriptionIdentifier(1)) : none);
        device.subscribe(level + "/b", 2, version.is5() ? one(Property.subscriptionIdentifier(268_435_455)) : none);
        device.subscribe(level + "/+", 1);

        device.publish(level + "/b", "m", 2);

        Received.Message message = device.message();
        assertThat(message.qos()).isEqualTo(2);
        if (version.is5()) {
            assertThat(message.properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                    .containsExactlyInAnyOrder(1L, 268_435_455L);
        }
        device.assertQuiet();
    }

    private static byte[][] one(byte[] property) {
        return new byte[][] {property};
    }

    @Test
    @Conforms(mqtt5 = "3.3.4-4")
    void theBacklogHasItsSubscriptionIdentifiersToo() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.subscribe(topic, 1, Property.subscriptionIdentifier(7));
        device.subscribe("+/x", 1, Property.subscriptionIdentifier(8));
        device.disconnect();
        connect(Version.V5).publish(topic, "m", 1);

        Device again = connect(Version.V5, id, Connect::persistent);

        assertThat(again.message().properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactlyInAnyOrder(7L, 8L);
    }

    @Test
    @Conforms(mqtt5 = "3.3.4-6")
    void aClientSendsNoSubscriptionIdentifier() throws IOException {
        String topic = topic();
        Device watcher = connect(Version.V5);
        watcher.subscribe(topic, 0);

        connect(Version.V5)
                .send(Wire.publish5(0, topic, 0, "x", Property.subscriptionIdentifier(1)))
                .assertRefused(0x82);

        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.3.2-4", "3.3.2-15", "3.3.2-16", "3.3.2-17", "3.3.2-18", "3.3.2-20"})
    void propertiesAreForwardedAsTheyAre() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        device.subscribe(topic, 1);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> properties = new ArrayList<>(List.of(
                Property.ofByte(Property.PAYLOAD_FORMAT, 1),
                Property.ofText(Property.RESPONSE_TOPIC, "answers/\u00e9"),
                Property.ofBytes(Property.CORRELATION_DATA, all),
                Property.ofText(Property.CONTENT_TYPE, "text/plain; charset=utf-8")));
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            properties.add(Property.user("mqtt.topic" + i % 3, "v" + i));
            expected.add(Map.entry("mqtt.topic" + i % 3, "v" + i));
        }

        device.send(Wire.publish5(2, topic, 99, "x", properties.toArray(byte[][]::new)));
        device.assertAnswered(Wire.PUBACK, 99);
        Properties got = device.message().properties();

        assertThat(got.number(Property.PAYLOAD_FORMAT)).isEqualTo(1);
        assertThat(got.text(Property.RESPONSE_TOPIC)).isEqualTo("answers/\u00e9");
        assertThat(got.bytes(Property.CORRELATION_DATA)).isEqualTo(all);
        assertThat(got.text(Property.CONTENT_TYPE)).isEqualTo("text/plain; charset=utf-8");
        assertThat(got.all(Property.USER_PROPERTY)).isEqualTo(expected);

        device.publish(topic, "bare", 1);
        assertThat(device.message().properties().isEmpty()).isTrue();
    }

    /** Payload Format Indicator 0 says what its absence says (section 3.3.2.3.2), and is forwarded as that. */
    @Test
    @Conforms(mqtt5 = {"3.3.2-4", "3.3.2-16"})
    void zeroAndEmptyAreForwardedToo() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        device.subscribe(topic, 1);

        device.send(Wire.publish5(
                0,
                topic,
                0,
                "x",
                Property.ofByte(Property.PAYLOAD_FORMAT, 0),
                Property.ofBytes(Property.CORRELATION_DATA, new byte[0])));

        Properties got = device.message().properties();
        assertThat(got.bytes(Property.CORRELATION_DATA)).isEmpty();
        assertThat(got.all(Property.PAYLOAD_FORMAT)).isSubsetOf(0L);
    }

    @Test
    @Conforms(mqtt5 = "3.3.2-14")
    void aResponseTopicHasNoWildcards() throws IOException {
        connect(Version.V5)
                .send(Wire.publish5(0, "a", 0, "x", Property.ofText(Property.RESPONSE_TOPIC, "a/+")))
                .assertRefused(0x82);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.4.2-1", "3.5.2-1"},
            mqtt3 = "3.3.5-2")
    void aDeniedMessageIsRefusedOrEndsTheConnection(Version version) throws IOException {
        Device device = connect(version);
        if (version.is5()) {
            device.send(Wire.publish(version, 2, "denied/a", 1, "x"), Wire.publish(version, 4, "denied/a", 2, "x"));
            assertThat(device.next(Wire.PUBACK).code()).isEqualTo(0x87);
            assertThat(device.next(Wire.PUBREC).code()).isEqualTo(0x87);
            device.publish("denied/a", "x", 0).assertQuiet();
        } else {
            for (int flags = 0; flags <= 4; flags += 2) {
                connect(version)
                        .send(Wire.publish(version, flags, "denied/a", 1, "x"))
                        .assertClosed();
            }
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.4.2-1", "3.5.2-1"},
            mqtt3 = "4.8.0-2")
    void whatTheLogRefusesIsNotAcknowledged(Version version) throws IOException {
        Device device = connect(version);
        device.send(Wire.publish(version, 2, "refused/a", 1, "x"));
        if (version.is5()) {
            assertThat(device.next(Wire.PUBACK).code()).isEqualTo(0x83);
            device.send(Wire.publish(version, 4, "refused/a", 2, "x"));
            assertThat(device.next(Wire.PUBREC).code()).isEqualTo(0x83);
        } else {
            device.assertClosed();
        }
    }
}
