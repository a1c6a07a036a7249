package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1;
import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients in the field do at the beginning of a connection, and what they take offence at. */
@ExtendWith(SluiceExtension.class)
final class HandshakeIT {

    private static final int UNACCEPTABLE_VERSION_3 = 0x01;
    private static final int IDENTIFIER_REJECTED_3 = 0x02;
    private static final int UNSUPPORTED_VERSION = 0x84;
    private static final int CLIENT_IDENTIFIER_NOT_VALID = 0x85;
    private static final int MALFORMED_PACKET = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;

    /** A CONNECT without anything special, at any level. */
    private static byte[] connect(String protocolName, int level) {
        return Wire.packet(
                Wire.CONNECT, Wire.text(protocolName), Wire.u8(level), Wire.u8(2), Wire.u16(0), Wire.text("c"));
    }

    private static void assertRefused(RawClient client, int code) throws IOException {
        ReceivedPacket answer = client.next();
        assertThat(answer.type()).isEqualTo(Wire.CONNACK);
        assertThat(answer.reasonCode()).isEqualTo(code);
        assertThat(answer.isSessionPresent()).isFalse();
        client.assertClosed();
    }

    // ---- versions -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"MQIsdp, 0x83", "MQTT, 0x84", "MQTT, 3", "MQIsdp, 4", "MQTT, 0", "MQTT, 2"})
    void anUnknownLevelIsRefusedSoThatBridgesTryAnother(String name, int level, RunningSluice sluice)
            throws IOException {
        try (RawClient client = sluice.open()) {

            client.send(connect(name, level));

            assertRefused(client, UNACCEPTABLE_VERSION_3);
        }
    }

    @Test
    void aLaterVersionIsRefusedInTheTermsOf5(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open().speaks(MQTT_5)) {

            client.send(connect("MQTT", 6));

            assertRefused(client, UNSUPPORTED_VERSION);
        }
    }

    @Test
    void whatIsNoMqttIsClosedWithoutAWord(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open()) {

            client.send("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

            client.assertClosed();
        }
    }

    @Test
    void aFirstPacketThatIsNoConnectIsClosedWithoutAWord(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open()) {

            client.send(Wire.pingReq());

            client.assertClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondConnectEndsTheConnection(Protocol protocol, RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("c");
        try (RawClient client = sluice.connect(protocol, clientId, connect -> {})) {

            client.send(new Connect(protocol, clientId).bytes());

            if (protocol == MQTT_5) {
                client.assertDisconnected(PROTOCOL_ERROR);
            } else {
                client.assertClosed();
            }
        }
    }

    @Test
    void aMalformedConnectIsRefusedInItsOwnVersion(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open().speaks(MQTT_5)) {

            // The reserved flag.
            client.send(Wire.packet(
                    Wire.CONNECT, Wire.text("MQTT"), Wire.u8(5), Wire.u8(3), Wire.u16(0), Wire.u8(0), Wire.text("c")));

            assertRefused(client, MALFORMED_PACKET);
        }
    }

    /** There is no return code for it, and code 3 would say "try again" [MQTT-3.1.4-1]. */
    @ParameterizedTest
    @EnumSource(names = {"MQTT_3_1", "MQTT_3_1_1"})
    void aMalformedConnectOfMqtt3IsClosedWithoutAWord(Protocol protocol, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open().speaks(protocol)) {

            // A password without a user name.
            client.send(Wire.packet(
                    Wire.CONNECT,
                    Wire.text(protocol.protocolName),
                    Wire.u8(protocol.level),
                    Wire.u8(0x42),
                    Wire.u16(0),
                    Wire.text("c"),
                    Wire.text("secret")));

            client.assertClosed();
        }
    }

    // ---- client ids -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void longClientIdsAreFineInAllVersions(Protocol protocol, RunningSluice sluice) throws IOException {
        String clientId = sluice.unique("long") + "x".repeat(200);
        try (RawClient client = sluice.connect(protocol, clientId, connect -> {})) {

            client.settled();
        }
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1, 2", "MQTT_3_1_1, 2", "MQTT_5, 0x85"})
    void tooLongClientIdsAreRefused(Protocol protocol, int code, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open().speaks(protocol)) {

            client.send(new Connect(protocol, "x".repeat(RunningSluice.CLIENT_ID_BYTES_MAX + 1)).bytes());

            assertRefused(client, code);
        }
    }

    @Test
    void anEmptyClientIdIsRefusedIn31(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open()) {

            client.send(new Connect(MQTT_3_1, "").bytes());

            assertRefused(client, IDENTIFIER_REJECTED_3);
        }
    }

    @Test
    void anEmptyClientIdIsRefusedIn311WhenASessionIsWanted(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open()) {

            client.send(new Connect(MQTT_3_1_1, "").resume().bytes());

            assertRefused(client, IDENTIFIER_REJECTED_3);
        }
    }

    @Test
    void anEmptyClientIdIsFineIn311WithACleanSession(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1, "", connect -> {});
                RawClient other = sluice.connect(MQTT_3_1_1, "", connect -> {})) {

            other.settled();

            client.settled();
        }
    }

    @Test
    void aClientIdWithANulIsRefused(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open().speaks(MQTT_5)) {

            client.send(new Connect(MQTT_5, "a\0b").bytes());

            assertThat(client.next().reasonCode()).isIn(MALFORMED_PACKET, CLIENT_IDENTIFIER_NOT_VALID);
            client.assertClosed();
        }
    }

    // ---- the first packets ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void whatIsSentTogetherWithConnectIsProcessed(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.open().speaks(protocol)) {

            client.send(
                    new Connect(protocol, sluice.unique("c")).bytes(),
                    Wire.subscribe(protocol, 1, topic, 1),
                    Wire.publish(protocol, 0x02, topic, 2, "21.5"),
                    Wire.pingReq());

            assertThat(client.next().type()).isEqualTo(Wire.CONNACK);
            client.assertAnswered(Wire.PUBACK, 2);
            assertThat(client.next(Wire.SUBACK).codes()).containsExactly(1);
            client.next(Wire.PINGRESP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPacketMayComeOneByteAtATime(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        byte[] all = Wire.join(
                new Connect(protocol, sluice.unique("c"))
                        .will("it/will", "gone", 1, false)
                        .bytes(),
                Wire.subscribe(protocol, 1, topic, 1),
                Wire.publish(protocol, 0x02, topic, 2, "21.5"));
        try (RawClient client = sluice.open().speaks(protocol)) {

            for (byte one : all) {
                client.send(Wire.u8(one));
            }

            assertThat(client.next().type()).isEqualTo(Wire.CONNACK);
            client.assertAnswered(Wire.PUBACK, 2);
            client.next(Wire.SUBACK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noMessageComesBeforeTheSubAck(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient publisher = sluice.connect(protocol)) {
            for (int i = 0; i < 20; i++) {
                publisher.publish(topic + "/" + i, "retained", 1, true);
                try (RawClient client = sluice.connect(protocol)) {
                    publisher.send(publisher.publication(topic + "/live", "live", 0, false, 0));

                    client.send(Wire.subscribe(protocol, 1, topic + "/#", 1));
                    publisher.send(publisher.publication(topic + "/live", "live", 0, false, 0));

                    assertThat(client.next().type()).as("first packet").isEqualTo(Wire.SUBACK);
                    assertThat(client.message().retain())
                            .as("then retained ones")
                            .isTrue();
                }
            }
        }
    }

    // ---- subscriptions and topics that are refused ----------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"a/#/b", "a#", "+a", "a+/b", ""})
    void aFilterThatIsNoneIsRefusedByItsOwnCode(String filter, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5);
                RawClient old = sluice.connect(MQTT_3_1_1)) {

            assertThat(client.subscribe(filter, 1)).isEqualTo(0x8F);
            assertThat(old.subscribe(filter, 1)).isEqualTo(0x80);
        }
    }

    @Test
    void sharedSubscriptionsAreAnnouncedAndGranted(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {

            assertThat(client.connAck().properties().number(Property.SHARED_AVAILABLE))
                    .isEqualTo(1);
            assertThat(client.subscribe("$share/group/" + sluice.topic(), 1)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"it/+", "it/#", "it/a\0b"})
    void aTopicNameThatIsNoneEndsTheConnection(String topic, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {

            client.send(client.publication(topic, "x", 1, false, 1));

            assertThat(List.of(0x81, 0x82, 0x90))
                    .contains(client.next(Wire.DISCONNECT).reasonCode());
            client.assertClosed();
        }
    }

    @Test
    void eachFilterOfASubscribeHasItsOwnCode(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {

            client.send(Wire.packet(
                    Wire.SUBSCRIBE,
                    Wire.u16(1),
                    Wire.u8(0),
                    Wire.text(topic + "/a"),
                    Wire.u8(1),
                    Wire.text("a/#/b"),
                    Wire.u8(1),
                    Wire.text(topic + "/b"),
                    Wire.u8(2),
                    Wire.text(topic + "/b"),
                    Wire.u8(0)));

            assertThat(client.next().codes()).containsExactly(1, 0x8F, 2, 0);
            client.publish(topic + "/b", "x");
            assertThat(client.message().qos()).as("QoS of the last of the two").isZero();
        }
    }

    @Test
    void aMessageThatNoRuleTakesIsRefusedAndTheConnectionStays(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {

            client.send(client.publication("nowhere/to/be/found", "x", 1, false, 1));

            assertThat(client.next(Wire.PUBACK).reasonCode()).isGreaterThanOrEqualTo(0x80);
            client.settled();
        }
    }

    @Test
    void anMqtt3ClientMustNotTakeARefusedMessageForStored(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_3_1_1)) {

            client.send(client.publication("nowhere/to/be/found", "x", 1, false, 1));

            client.assertClosed();
        }
    }
}
