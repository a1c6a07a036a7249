package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Data representation (section 1.5): text, text pairs, variable byte integers. */
final class DataTypesSpecTest extends SpecTest {

    /** Overlong, surrogates, beyond U+10FFFF, cut off, never a first byte. */
    private static final List<String> ILL_FORMED = List.of("c0 80", "ed a0 80", "f5 80 80 80", "61 e4 bd", "ff");

    /** A packet with the text in one of its fields. */
    private record Field(String name, UnaryOperator<byte[]> packet) {}

    private static List<Field> ofConnect(Version version) {
        byte[] id = Wire.text("id");
        byte[] none = Wire.noProperties(version);
        return List.of(
                new Field("client id", text -> Connect.raw(version, 2, text)),
                new Field("will topic", text -> Connect.raw(version, 6, id, none, text, Wire.text("payload"))),
                new Field("user name", text -> Connect.raw(version, 0x82, id, text)));
    }

    private static List<Field> ofOthers(Version version) {
        byte[] none = Wire.noProperties(version);
        List<Field> fields = new ArrayList<>(List.of(
                new Field("topic name", text -> Wire.packet(Wire.PUBLISH, text, none)),
                new Field("filter", text -> Wire.packet(Wire.SUBSCRIBE, Wire.u16(1), none, text, Wire.u8(0))),
                new Field("filter to end", text -> Wire.packet(Wire.UNSUBSCRIBE, Wire.u16(1), none, text))));
        if (version.is5()) {
            fields.add(property("content type", Property.CONTENT_TYPE, new byte[0]));
            fields.add(property("response topic", Property.RESPONSE_TOPIC, new byte[0]));
            fields.add(property("user property's value", Property.USER_PROPERTY, Wire.text("name")));
            fields.add(new Field(
                    "user property's name",
                    text -> Wire.packet(
                            Wire.PUBLISH,
                            Wire.text("a"),
                            Wire.properties(Wire.u8(Property.USER_PROPERTY), text, Wire.text("value")))));
            fields.add(new Field(
                    "reason string",
                    text -> Wire.packet(
                            Wire.DISCONNECT, Wire.u8(0), Wire.properties(Wire.u8(Property.REASON_STRING), text))));
        }
        return fields;
    }

    private static Field property(String name, int id, byte[] before) {
        return new Field(
                name, text -> Wire.packet(Wire.PUBLISH, Wire.text("a"), Wire.properties(Wire.u8(id), before, text)));
    }

    private void assertEverywhereRefused(Version version, byte[] text) throws IOException {
        for (Field field : ofConnect(version)) {
            Device device = open(version).send(field.packet().apply(Wire.binary(text)));
            if (version.is5()) {
                assertThat(device.next().code()).as(field.name()).isIn(0x81, 0x90);
            }
            device.assertClosed();
        }
        for (Field field : ofOthers(version)) {
            connect(version).send(field.packet().apply(Wire.binary(text))).assertRefused(0x81);
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {
                "1.5.4-1",
                "1.5.7-1",
                "3.1.3-4",
                "3.1.3-11",
                "3.1.3-12",
                "3.3.2-1",
                "3.3.2-13",
                "3.3.2-19",
                "3.8.3-1",
                "3.10.3-1"
            },
            mqtt3 = {"1.5.3-1", "3.1.3-4", "3.1.3-10", "3.1.3-11", "3.3.2-1", "3.8.3-1", "3.10.3-1"})
    void textThatIsNotUtf8EndsTheConnection(Version version) throws IOException {
        for (String bytes : ILL_FORMED) {
            assertEverywhereRefused(version, Wire.hex(bytes));
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"1.5.4-2", "4.7.3-2"},
            mqtt3 = {"1.5.3-2", "4.7.3-2"})
    void textWithANulEndsTheConnection(Version version) throws IOException {
        assertEverywhereRefused(version, Wire.hex("61 00 62"));
    }

    @EachVersion
    @Conforms(mqtt5 = "1.5.4-3", mqtt3 = "1.5.3-3")
    void aByteOrderMarkIsACharacter(Version version) throws IOException {
        String unique = topic();
        for (String topic : List.of("\uFEFF" + unique, unique + "/\uFEFF/b", unique + "/c\uFEFF")) {
            Device device = connect(version);
            assertThat(device.subscribe(topic, 0)).isZero();
            assertThat(device.subscribe(topic.replace("\uFEFF", ""), 0)).isZero();

            device.publish(topic, "marked", 0);

            assertThat(device.message().topic()).isEqualTo(topic);
            device.assertQuiet();
        }
    }

    @Test
    @Conforms(mqtt5 = "1.5.5-1")
    void aVariableByteIntegerIsAsShortAsItCanBe() throws IOException {
        byte[] topic = Wire.text("a");
        connect(Version.V5).send(Wire.hex("c0 80 00")).assertRefused(0x81);
        connect(Version.V5).send(Wire.hex("c0 80 80 00")).assertRefused(0x81);
        connect(Version.V5)
                .send(Wire.packet(Wire.PUBLISH, topic, Wire.hex("80 00")))
                .assertRefused(0x81);
        connect(Version.V5)
                .send(Wire.packet(Wire.SUBSCRIBE, Wire.u16(1), Wire.hex("03 0b 81 00"), topic, Wire.u8(0)))
                .assertRefused(0x81);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"1.5.5-1", "4.13.1-1"},
            mqtt3 = "4.8.0-1")
    void aLengthOfFiveBytesEndsTheConnection(Version version) throws IOException {
        connect(version).send(Wire.hex("c0 80 80 80 80 01")).assertRefused(0x81);
    }
}
