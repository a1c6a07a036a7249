package io.sluice.mqtt.codec;

import static io.sluice.mqtt.codec.PacketBytes.binary;
import static io.sluice.mqtt.codec.PacketBytes.bytes;
import static io.sluice.mqtt.codec.PacketBytes.packet;
import static io.sluice.mqtt.codec.PacketBytes.section;
import static io.sluice.mqtt.codec.PacketBytes.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.codec.Packets.Entry;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of the table with the first packet of a connection. */
final class ConnectPackets {

    private static final ProtocolVersion V31 = ProtocolVersion.MQTT_3_1;
    private static final ProtocolVersion V311 = ProtocolVersion.MQTT_3_1_1;
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    private final List<Entry> entries = new ArrayList<>();

    private ConnectPackets() {}

    static List<Entry> all() {
        ConnectPackets packets = new ConnectPackets();
        packets.connects();
        packets.refusedConnects();
        packets.refusedConnectProperties();
        return packets.entries;
    }

    private void connects() {
        ok("smallest", V31, Packets.connect(V31), connect(V31, "c", null, null));
        ok("smallest", V311, Packets.connect(V311), connect(V311, "c", null, null));
        ok("smallest", V5, Packets.connect(V5), connect(V5, "c", null, null));
        String longId = "device-0123456789-0123456789";
        ok(
                "client id of 28 in 3.1",
                packet(0x10, text("MQIsdp"), 3, 2, 0, 10, text(longId)),
                connect(V31, longId, null, null));
        ok(
                "flags whose fields are missing, which 3.1 allows",
                packet(0x10, text("MQIsdp"), 3, 0xC2, 0, 10, text("c")),
                connect(V31, "c", null, null));
        ok(
                "empty client id with clean session",
                packet(0x10, text("MQTT"), 4, 2, 0, 10, text("")),
                connect(V311, "", null, null));
        ok(
                "empty client id",
                packet(0x10, text("MQTT"), 5, 0, 0, 10, 0, text("")),
                new Packet.Connect(V5, "", false, 10, null, null, null, connectProperties()));
        Payload bigPassword = Payload.wrap(new byte[8192]);
        ok(
                "password of 8 KB",
                packet(0x10, text("MQTT"), 4, 0xC2, 0, 10, text("c"), text("user"), binary(new byte[8192])),
                connect(V311, "c", "user", bigPassword));
        ok(
                "binary password without user name in 5",
                packet(0x10, text("MQTT"), 5, 0x42, 0, 10, 0, text("c"), binary(new byte[] {0, -1})),
                connect(V5, "c", null, Payload.wrap(new byte[] {0, -1})));
        ok(
                "will of 3.1.1, QoS 1, retained",
                packet(0x10, text("MQTT"), 4, 0x2E, 0, 10, text("c"), text("w/t"), binary(new byte[] {7})),
                withWill(
                        connect(V311, "c", null, null),
                        new Packet.Will(
                                message("w/t", Qos.AT_LEAST_ONCE, true, new byte[] {7}, MessageProperties.NONE),
                                -1,
                                0)));
        ok("all of 5", everyConnectField(), everyConnectFieldValue());
    }

    private static byte[] everyConnectField() {
        byte[] properties = bytes(
                bytes(0x11, 0xFF, 0xFF, 0xFF, 0xFF), // Session Expiry Interval: never
                bytes(0x21, 0, 20), // Receive Maximum
                bytes(0x27, 0, 1, 0, 0), // Maximum Packet Size
                bytes(0x22, 0, 8), // Topic Alias Maximum
                bytes(0x19, 1), // Request Response Information
                bytes(0x17, 0), // Request Problem Information
                bytes(0x26, text("n"), text("1")), // User Property
                bytes(0x26, text("n"), text("2")), // again
                bytes(0x15, text("SCRAM")), // Authentication Method
                bytes(0x16, binary(new byte[] {1, 2}))); // Authentication Data
        byte[] willProperties = bytes(
                bytes(0x18, 0, 0, 0, 5), // Will Delay Interval
                bytes(0x01, 1), // Payload Format Indicator
                bytes(0x02, 0, 0, 0, 60), // Message Expiry Interval
                bytes(0x03, text("text/plain")), // Content Type
                bytes(0x08, text("r/t")), // Response Topic
                bytes(0x09, binary(new byte[] {9}))); // Correlation Data
        return packet(
                0x10,
                text("MQTT"), // protocol name
                5, // protocol level
                0xD4, // user name, password, will QoS 2, will
                bytes(0, 30), // keep alive
                section(properties),
                text("client-1"),
                section(willProperties),
                text("w"), // will topic
                binary("gone".getBytes(UTF_8)), // will payload
                text("u"), // user name
                binary(new byte[] {3})); // password
    }

    private static Packet everyConnectFieldValue() {
        MessageProperties willProperties = new MessageProperties(
                true, MessageProperties.NEVER, "text/plain", "r/t", Payload.wrap(new byte[] {9}), List.of());
        return new Packet.Connect(
                V5,
                "client-1",
                false,
                30,
                "u",
                Payload.wrap(new byte[] {3}),
                new Packet.Will(message("w", Qos.EXACTLY_ONCE, false, "gone".getBytes(UTF_8), willProperties), 60, 5),
                new Packet.ConnectProperties(
                        0xFFFF_FFFFL,
                        20,
                        65_536,
                        8,
                        true,
                        false,
                        "SCRAM",
                        Payload.wrap(new byte[] {1, 2}),
                        List.of(new UserProperty("n", "1"), new UserProperty("n", "2"))));
    }

    private void refusedConnects() {
        ReasonCode unsupported = ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
        bad("bridge at level 0x84", packet(0x10, text("MQTT"), 0x84, 2, 0, 10, text("c")), unsupported, V311);
        bad("bridge at level 0x83", packet(0x10, text("MQIsdp"), 0x83, 2, 0, 10, text("c")), unsupported, V311);
        bad("level 6", packet(0x10, text("MQTT"), 6, 2, 0, 10, 0, text("c")), unsupported, V5);
        bad("level 2", packet(0x10, text("MQTT"), 2, 2, 0, 10, text("c")), unsupported, V311);
        bad("MQTT at level 3", packet(0x10, text("MQTT"), 3, 2, 0, 10, text("c")), unsupported, V311);
        bad("MQIsdp at level 4", packet(0x10, text("MQIsdp"), 4, 2, 0, 10, text("c")), unsupported, V311);
        bad("unknown protocol", packet(0x10, text("HTTP"), 4, 2, 0, 10, text("c")), unsupported, null);
        ReasonCode malformed = ReasonCode.MALFORMED_PACKET;
        bad(
                "password without user name in 3.1.1",
                packet(0x10, text("MQTT"), 4, 0x42, 0, 10, text("c"), text("p")),
                malformed,
                V311);
        bad(
                "password without user name in 3.1",
                packet(0x10, text("MQIsdp"), 3, 0x42, 0, 10, text("c"), text("p")),
                malformed,
                V31);
        bad("reserved flag", packet(0x10, text("MQTT"), 4, 0x03, 0, 10, text("c")), malformed, V311);
        bad(
                "will QoS 3",
                packet(0x10, text("MQTT"), 5, 0x1C, 0, 10, 0, text("c"), 0, text("w"), text("")),
                malformed,
                V5);
        bad("will QoS without will", packet(0x10, text("MQTT"), 4, 0x0A, 0, 10, text("c")), malformed, V311);
        bad("will retain without will", packet(0x10, text("MQTT"), 5, 0x22, 0, 10, 0, text("c")), malformed, V5);
        bad(
                "will topic with wildcard",
                packet(0x10, text("MQTT"), 4, 0x06, 0, 10, text("c"), text("w/#"), text("")),
                ReasonCode.TOPIC_NAME_INVALID,
                V311);
        bad("a byte too many", packet(0x10, text("MQTT"), 4, 2, 0, 10, text("c"), 0), malformed, V311);
        bad("ends inside the client id", packet(0x10, text("MQTT"), 4, 2, 0, 10, 0, 5, 'c'), malformed, V311);
        bad("user name is missing in 3.1.1", packet(0x10, text("MQTT"), 4, 0x82, 0, 10, text("c")), malformed, V311);
        bad("U+0000 in the client id", packet(0x10, text("MQTT"), 4, 2, 0, 10, text("a\0b")), malformed, V311);
        bad(
                "surrogate in the client id",
                packet(0x10, text("MQTT"), 5, 2, 0, 10, 0, 0, 3, 0xED, 0xA0, 0x80),
                malformed,
                V5);
        bad(
                "invalid UTF-8 in the user name",
                packet(0x10, text("MQTT"), 4, 0x82, 0, 10, text("c"), 0, 1, 0xFF),
                malformed,
                V311);
        ReasonCode identifier = ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
        bad("client id too long", packet(0x10, text("MQTT"), 4, 2, 0, 10, text("c".repeat(65))), identifier, V311);
        bad(
                "client id too long in bytes",
                packet(0x10, text("MQTT"), 5, 2, 0, 10, 0, text("é".repeat(33))),
                identifier,
                V5);
        bad("empty client id in 3.1", packet(0x10, text("MQIsdp"), 3, 2, 0, 10, text("")), identifier, V31);
        bad("empty client id, session to keep", packet(0x10, text("MQTT"), 4, 0, 0, 10, text("")), identifier, V311);
        bad("fixed header flags", packet(0x11, text("MQTT"), 4, 2, 0, 10, text("c")), malformed, null);
        bad("no CONNECT", bytes(0xC0, 0), ReasonCode.PROTOCOL_ERROR, null);
        bad("TLS on a plain port", bytes(0x16, 3, 1, 0, 5), malformed, null);
        bad(
                "larger than allowed",
                bytes(0x10, 0xFF, 0xFF, 0xFF, 0x7F, text("MQTT"), 5, 2, 0, 10),
                ReasonCode.PACKET_TOO_LARGE,
                V5);
    }

    private void refusedConnectProperties() {
        ReasonCode error = ReasonCode.PROTOCOL_ERROR;
        bad("Receive Maximum 0", connectWith(0x21, 0, 0), error, V5);
        bad("Maximum Packet Size 0", connectWith(0x27, 0, 0, 0, 0), error, V5);
        bad("Request Problem Information 2", connectWith(0x17, 2), error, V5);
        bad("Request Response Information 2", connectWith(0x19, 2), error, V5);
        bad("Session Expiry twice", connectWith(0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 1), error, V5);
        bad("data without method", connectWith(0x16, 0, 1, 7), error, V5);
        bad("property of PUBLISH", connectWith(0x23, 0, 1), ReasonCode.MALFORMED_PACKET, V5);
        bad("unknown property", connectWith(0x7E, 0), ReasonCode.MALFORMED_PACKET, V5);
        bad(
                "property beyond the section",
                packet(0x10, text("MQTT"), 5, 2, 0, 10, 2, 0x21, 0, 1, text("c")),
                ReasonCode.MALFORMED_PACKET,
                V5);
        bad(
                "section beyond the packet",
                packet(0x10, text("MQTT"), 5, 2, 0, 10, 0xFF, 0xFF, 0xFF, 0x7F),
                ReasonCode.MALFORMED_PACKET,
                V5);
    }

    private static byte[] connectWith(Object... properties) {
        return packet(0x10, text("MQTT"), 5, 2, 0, 10, section(bytes(properties)), text("c"));
    }

    private static Packet.Connect connect(
            ProtocolVersion version, String clientId, @Nullable String userName, @Nullable Payload password) {
        Packet.ConnectProperties properties =
                version.isMqtt5() ? connectProperties() : Packet.ConnectProperties.MQTT_3_DEFAULTS;
        return new Packet.Connect(version, clientId, true, 10, userName, password, null, properties);
    }

    private static Packet.Connect withWill(Packet.Connect connect, Packet.Will will) {
        return new Packet.Connect(
                connect.version(),
                connect.clientId(),
                connect.cleanStart(),
                connect.keepAliveSeconds(),
                connect.userName(),
                connect.password(),
                will,
                connect.properties());
    }

    private static Packet.ConnectProperties connectProperties() {
        return Packet.ConnectProperties.MQTT_3_DEFAULTS;
    }

    private static Message message(
            String topic, Qos qos, boolean retain, byte[] payload, MessageProperties properties) {
        return new Message(TopicName.of(topic), qos, retain, Payload.wrap(payload), properties, null);
    }

    private void ok(String name, byte[] bytes, Packet packet) {
        entries.add(new Entry(name, null, bytes, packet, null, null));
    }

    private void ok(String name, ProtocolVersion version, byte[] bytes, Packet packet) {
        ok(name + " of " + version.id(), bytes, packet);
    }

    private void bad(String name, byte[] bytes, ReasonCode refusal, @Nullable ProtocolVersion answerVersion) {
        entries.add(new Entry(name, null, bytes, null, refusal, answerVersion));
    }
}
