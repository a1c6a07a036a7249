package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The form of CONNECT (sections 3.1.1 to 3.1.3). */
final class ConnectSpecTest extends SpecTest {

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static byte[] start(String name, int level) {
        return Wire.packet(
                Wire.CONNECT, Wire.text(name), Wire.u8(level), Wire.u8(2), Wire.u16(0), Wire.u16(0), Wire.u16(0));
    }

    /** MQTT 5 says why; MQTT 3 just closes. */
    private void assertMalformed(Version version, byte[] connect) throws IOException {
        Device device = open(version).send(connect);
        if (version.is5()) {
            device.assertRejected(0x81);
        } else {
            device.assertClosed();
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.0-1", "3.14.0-1"},
            mqtt3 = "3.1.0-1")
    void connectComesFirst(Version version) throws IOException {
        List<byte[]> others = List.of(
                Wire.publish(version, 0, "a", 0, "x"),
                Wire.subscribe(version, 1, 0, "a"),
                Wire.unsubscribe(version, 1, "a"),
                Wire.answer(Wire.PUBACK, 1),
                Wire.answer(Wire.PUBREC, 1),
                Wire.answer(Wire.PUBREL, 1),
                Wire.answer(Wire.PUBCOMP, 1),
                Wire.ping(),
                Wire.disconnect(),
                Wire.packet(Wire.CONNACK, Wire.u16(0)),
                Wire.packet(Wire.AUTH, Wire.u16(0)));
        for (byte[] packet : others) {
            open(version).send(packet).assertClosed();
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "3.1.0-2", mqtt3 = "3.1.0-2")
    void aSecondConnectEndsTheConnection(Version version) throws IOException {
        String topic = topic();
        Device watcher = connect(version);
        watcher.subscribe(topic, 0);
        Device device = connect(version, connect -> connect.will(topic, "gone", 0, false));

        device.send(new Connect(version, "second").bytes()).assertRefused(0x82);

        assertThat(watcher.message().payload()).isEqualTo("gone");
    }

    @EachVersion
    @Conforms(mqtt5 = "3.1.2-1", mqtt3 = "3.1.2-1")
    void anotherProtocolIsNotServed(Version version) throws IOException {
        for (String name : List.of("mqtt", "MQTTX", "", "MQT", "HTTP", longText("x"))) {
            open(version).send(start(name, version.level)).assertClosed();
        }
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-2", mqtt3 = "3.1.2-2", mqtt31 = "2")
    void anotherProtocolLevelIsRefused() throws IOException {
        for (int level : new int[] {0, 2, 3, 0x83, 0x84}) {
            open(Version.V3_1_1).send(start("MQTT", level)).assertRejected(0x01);
        }
        open(Version.V3_1).send(start("MQIsdp", 4)).assertRejected(0x01);
        for (int level : new int[] {6, 127}) {
            open(Version.V5).send(start("MQTT", level)).assertRejected(0x84);
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "3.1.2-3", mqtt3 = "3.1.2-3")
    void theReservedFlagIsChecked(Version version) throws IOException {
        assertMalformed(version, Connect.raw(version, 0x03, Wire.text("c")));
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-11", "3.1.2-12", "3.1.2-13"},
            mqtt3 = {"3.1.2-11", "3.1.2-13", "3.1.2-14", "3.1.2-15"})
    void theFlagsOfTheWillFitTogether(Version version) throws IOException {
        for (int flags : new int[] {0x08, 0x10, 0x18, 0x20, 0x28}) {
            assertMalformed(version, Connect.raw(version, 0x02 | flags, Wire.text("c")));
        }
        byte[] none = Wire.noProperties(version);
        assertMalformed(
                version, Connect.raw(version, 0x1E, Wire.text("c"), none, Wire.text("will"), Wire.text("gone")));
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-9", "3.1.2-16", "3.1.2-17", "3.1.2-18", "3.1.2-19", "3.1.3-1", "3.1.3-3", "3.1.4-1"},
            mqtt3 = {
                "3.1.2-9",
                "3.1.2-11",
                "3.1.2-18",
                "3.1.2-19",
                "3.1.2-20",
                "3.1.2-21",
                "3.1.3-1",
                "3.1.3-3",
                "3.1.4-1"
            })
    void thePayloadIsWhatTheFlagsSay(Version version) throws IOException {
        byte[] id = Wire.text("c");
        byte[] none = Wire.noProperties(version);
        byte[] text = Wire.text("text");
        assertMalformed(version, Connect.raw(version, 0x02));
        // Will: nothing of it; no message; only a part of the message.
        assertMalformed(version, Connect.raw(version, 0x06, id));
        assertMalformed(version, Connect.raw(version, 0x06, id, none, text));
        assertMalformed(version, Connect.raw(version, 0x06, id, none, text, Wire.hex("00 05 61")));
        // A will, a user name, a password that no flag announces.
        assertMalformed(version, Connect.raw(version, 0x02, id, none, text, text));
        assertMalformed(version, Connect.raw(version, 0x02, id, text));
        assertMalformed(version, Connect.raw(version, 0x82, id, text, text));
        // One that is announced and missing.
        assertMalformed(version, Connect.raw(version, 0x82, id));
        assertMalformed(version, Connect.raw(version, 0xC2, id, text));
        // The right fields in another order: the password where the will belongs.
        assertMalformed(version, Connect.raw(version, 0xC6, id, Wire.text("u"), Wire.text("p")));
    }

    @Test
    @Conforms(mqtt3 = "3.1.2-22")
    void inMqtt3APasswordNeedsAUserName() throws IOException {
        open(Version.V3_1_1)
                .send(Connect.raw(Version.V3_1_1, 0x42, Wire.text("c"), Wire.text("password")))
                .assertClosed();
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-19")
    void inMqtt5APasswordNeedsNoUserName() throws IOException {
        Device device = open(Version.V5);

        device.send(Connect.raw(Version.V5, 0x42, Wire.text(SpecServer.unique("c")), Wire.text("password")));

        assertThat(device.next().code()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Conforms(mqtt5 = "3.1.3-5", mqtt3 = "3.1.3-5")
    void shortClientIdsAreAccepted(Version version) throws IOException {
        for (int i = 0; i < ALPHABET.length(); i += 23) {
            String id = ALPHABET.substring(i, Math.min(ALPHABET.length(), i + 23));
            connect(version, id, connect -> {}).disconnect();
            connect(version, id.substring(0, 1), connect -> {}).disconnect();
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "3.1.3-2", mqtt3 = "3.1.3-2")
    void aClientIdIsKnownByEachOfItsBytes(Version version) throws IOException {
        String id = SpecServer.unique("caf\u00e9");
        connect(version, id, Connect::persistent).disconnect();

        for (String other : List.of(id.replace("c", "C"), id + " ", id.replace("\u00e9", "e\u0301"))) {
            assertThat(connect(version, other, Connect::persistent).connAck().isSessionPresent())
                    .as(other)
                    .isFalse();
        }
        assertThat(connect(version, id, Connect::persistent).connAck().isSessionPresent())
                .isTrue();
    }

    @Test
    @Conforms(mqtt3 = "3.1.3-6")
    void anEmptyClientIdIsReplacedInMqtt3() throws IOException {
        Device first = connect(Version.V3_1_1, "", connect -> {});
        Device second = connect(Version.V3_1_1, "", connect -> {});

        first.assertQuiet();
        second.assertQuiet();
    }

    @Test
    @Conforms(mqtt3 = {"3.1.3-7", "3.1.3-8"})
    void anEmptyClientIdKeepsNoSessionInMqtt3() throws IOException {
        open(Version.V3_1_1)
                .send(new Connect(Version.V3_1_1, "").resume().bytes())
                .assertRejected(0x02);
    }

    @Test
    @Conforms(mqtt5 = {"3.1.3-6", "3.1.3-7", "3.2.2-16"})
    void anEmptyClientIdIsReplacedByOneThatIsTold() throws IOException {
        Device first = connect(Version.V5, "", Connect::persistent);
        Device second = connect(Version.V5, "", Connect::persistent);
        String id = first.connAck().properties().text(Property.ASSIGNED_CLIENT_ID);
        assertThat(second.connAck().properties().text(Property.ASSIGNED_CLIENT_ID))
                .isNotEqualTo(id);

        first.disconnect();

        assertThat(connect(Version.V5, id, Connect::persistent).connAck().isSessionPresent())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Conforms(mqtt5 = "3.1.3-8", mqtt3 = "3.1.3-9", mqtt31 = "3")
    void aClientIdThatIsTooLongIsRefused(Version version) throws IOException {
        String longest = SpecServer.unique("c") + "/";
        longest += "x".repeat(SpecServer.CLIENT_ID_BYTES_MAX - longest.length());
        connect(version, longest, connect -> {}).assertQuiet();

        open(version).send(new Connect(version, longest + "x").bytes()).assertRejected(version.is5() ? 0x85 : 0x02);
    }
}
