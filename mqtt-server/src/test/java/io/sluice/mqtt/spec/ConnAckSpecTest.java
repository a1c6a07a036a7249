package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** CONNACK, and what it and CONNECT agree on (sections 3.2 and 3.1.2.11). */
final class ConnAckSpecTest extends SpecTest {

    private static final int SMALL = 30;

    private static byte[] maximumPacketSize(int bytes) {
        return Property.ofInt(Property.MAXIMUM_PACKET_SIZE, bytes);
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-28", "3.2.2-1", "3.2.0-2"})
    void connAckSaysWhatTheServerGrants() throws IOException {
        Device device =
                connect(Version.V5, connect -> connect.with(Property.ofByte(Property.RESPONSE_INFORMATION_WANTED, 0)));

        Properties granted = device.connAck().properties();

        assertThat(device.connAck().body()[0]).isZero();
        assertThat(granted.number(Property.RECEIVE_MAXIMUM)).isEqualTo(SpecServer.RECEIVE_MAXIMUM);
        assertThat(granted.number(Property.TOPIC_ALIAS_MAXIMUM)).isEqualTo(SpecServer.TOPIC_ALIAS_MAXIMUM);
        assertThat(granted.number(Property.MAXIMUM_PACKET_SIZE)).isEqualTo(SpecServer.PACKET_SIZE_MAX);
        assertThat(granted.has(Property.RESPONSE_INFORMATION)).isFalse();
        assertThat(granted.has(Property.AUTHENTICATION_METHOD)).isFalse();
        device.send(Wire.ping());
        assertThat(device.next().type()).isEqualTo(Wire.PINGRESP);
    }

    @Test
    @Conforms(mqtt5 = {"3.2.2-19", "3.2.2-20", "3.1.2-24"})
    void aReasonThatIsTooLongForTheClientIsLeftOut() throws IOException {
        Received small = open(Version.V5)
                .send(new Connect(Version.V5, "m")
                        .with(maximumPacketSize(SMALL))
                        .will("denied/x", "x", 0, false)
                        .bytes())
                .assertRejected(0x87);
        Received large = open(Version.V5)
                .send(new Connect(Version.V5, "m")
                        .will("denied/x", "x", 0, false)
                        .bytes())
                .assertRejected(0x87);

        assertThat(small.size()).isLessThanOrEqualTo(SMALL);
        assertThat(large.properties().has(Property.REASON_STRING)).isTrue();
        assertThat(small.properties().has(Property.USER_PROPERTY)).isFalse();
    }

    @Test
    @Conforms(
            mqtt5 = {
                "3.1.2-24",
                "3.4.2-2",
                "3.4.2-3",
                "3.5.2-2",
                "3.5.2-3",
                "3.9.2-1",
                "3.9.2-2",
                "3.11.2-1",
                "3.11.2-2",
                "3.6.2-2",
                "3.6.2-3",
                "3.7.2-2",
                "3.7.2-3"
            })
    void noAnswerIsLargerThanTheClientTakes() throws IOException {
        Device device = connect(Version.V5, connect -> connect.with(maximumPacketSize(SMALL)));
        device.send(
                Wire.publish(Version.V5, 2, "denied/a", 1, "x"),
                Wire.publish(Version.V5, 4, "denied/a", 2, "x"),
                Wire.answer(Wire.PUBREL, 3),
                Wire.subscribe(Version.V5, 4, 0, "denied/a", "a#"),
                Wire.unsubscribe(Version.V5, 5, "a", "b"));

        assertThat(device.next(Wire.PUBACK).size()).isLessThanOrEqualTo(SMALL);
        assertThat(device.next(Wire.PUBREC).size()).isLessThanOrEqualTo(SMALL);
        assertThat(device.next(Wire.PUBCOMP).size()).isLessThanOrEqualTo(SMALL);
        assertThat(device.next(Wire.SUBACK).size()).isLessThanOrEqualTo(SMALL);
        assertThat(device.next(Wire.UNSUBACK).size()).isLessThanOrEqualTo(SMALL);
        device.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-24", "3.14.2-3", "3.14.2-4"})
    void disconnectIsNotLargerThanTheClientTakes() throws IOException {
        Device device = connect(Version.V5, connect -> connect.with(maximumPacketSize(SMALL)));

        device.send(Wire.packet(Wire.PUBLISH | 6, Wire.text("a")));

        Received disconnect = device.next(Wire.DISCONNECT);
        assertThat(disconnect.code()).isEqualTo(0x81);
        assertThat(disconnect.size()).isLessThanOrEqualTo(SMALL);
        device.assertClosed();
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-24")
    void whoTakesNoAnswerToWhatItAsksIsNotAnswered() throws IOException {
        Device device = connect(Version.V5, connect -> connect.with(maximumPacketSize(SMALL)));
        String[] filters = new String[SMALL];
        java.util.Arrays.fill(filters, "a");

        device.send(Wire.subscribe(Version.V5, 1, 0, filters));

        device.assertRefused(0x95);
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-24", "3.1.2-25"})
    void aMessageThatIsTooLargeForAClientIsDroppedForIt() throws IOException {
        String topic = topic();
        Device small = connect(Version.V5, connect -> connect.with(maximumPacketSize(60)));
        Device large = connect(Version.V5);
        small.subscribe(topic, 2);
        large.subscribe(topic, 2);
        String tooLarge = "x".repeat(80);
        // More of them than there are ids in the window.
        for (int i = 0; i < 12; i++) {
            large.publish(topic, tooLarge, 1 + i % 2);
            assertThat(large.message().payload()).isEqualTo(tooLarge);
        }
        large.publish(topic, "fits", 1);

        assertThat(small.message().payload()).isEqualTo("fits");
        small.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-29")
    void whoWantsNoProblemInformationGetsNone() throws IOException {
        Device without = connect(Version.V5, connect -> connect.with(Property.ofByte(Property.PROBLEM_INFORMATION, 0)));
        without.send(
                Wire.publish(Version.V5, 2, "denied/a", 1, "x"),
                Wire.publish(Version.V5, 4, "denied/a", 2, "x"),
                Wire.answer(Wire.PUBREL, 9),
                Wire.subscribe(Version.V5, 3, 0, "denied/a"),
                Wire.unsubscribe(Version.V5, 4, "denied/a"));
        for (int i = 0; i < 5; i++) {
            Received answer = without.next();
            assertThat(answer.properties().isEmpty()).as(answer.toString()).isTrue();
        }

        Device with = connect(Version.V5);
        with.send(Wire.publish(Version.V5, 2, "denied/a", 1, "x"));
        assertThat(with.next(Wire.PUBACK).properties().has(Property.REASON_STRING))
                .isTrue();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.2.2-15", "4.13.1-1"},
            mqtt3 = "4.8.0-1")
    void aPacketThatIsTooLargeEndsTheConnection(Version version) throws IOException {
        connect(version)
                .send(Wire.join(Wire.u8(Wire.PUBLISH), Wire.varint(SpecServer.PACKET_SIZE_MAX), Wire.text("a")))
                .assertRefused(0x95);
    }
}
