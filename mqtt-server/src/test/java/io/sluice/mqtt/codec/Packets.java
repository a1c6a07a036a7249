package io.sluice.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of control packets from clients: bytes, and what they mean or why they are refused. */
final class Packets {

    /** A limit that all valid packets of the table keep. */
    static final int MAX_PACKET_SIZE = 9_000;

    static final int MAX_CLIENT_ID_LENGTH = 64;

    /**
     * One line.
     *
     * @param version of the CONNECT that came before, or null when this is the first packet
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(
            String name,
            @Nullable ProtocolVersion version,
            byte[] bytes,
            @Nullable Packet packet,
            @Nullable ReasonCode refusal,
            @Nullable ProtocolVersion answerVersion) {

        @Override
        public String toString() {
            return (version == null ? "first" : version.id()) + ": " + name;
        }
    }

    private static final String LONG_TEXT = "x".repeat(120);
    private static final ProtocolVersion V31 = ProtocolVersion.MQTT_3_1;
    private static final ProtocolVersion V311 = ProtocolVersion.MQTT_3_1_1;
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    private final List<Entry> entries = new ArrayList<>();

    private Packets() {}

    static List<Entry> all() {
        Packets packets = new Packets();
        packets.connects();
        packets.refusedConnects();
        packets.refusedConnectProperties();
        packets.publishes();
        packets.refusedPublishes();
        packets.refusedProperties();
        packets.subscribes();
        packets.refusedSubscribes();
        packets.answers();
        packets.refusedAnswers();
        packets.disconnects();
        packets.refusedFrames();
        return packets.entries;
    }

    /** A CONNECT that is accepted, to come before the entry's packet. */
    static byte[] connect(ProtocolVersion version) {
        return switch (version) {
            case MQTT_3_1 -> packet(0x10, text("MQIsdp"), 3, 0x02, 0, 10, text("c"));
            case MQTT_3_1_1 -> packet(0x10, text("MQTT"), 4, 0x02, 0, 10, text("c"));
            case MQTT_5 -> packet(0x10, text("MQTT"), 5, 0x02, 0, 10, 0, text("c"));
        };
    }

    private void connects() {
        ok("smallest", V31, connect(V31), connect(V31, "c", null, null));
        ok("smallest", V311, connect(V311), connect(V311, "c", null, null));
        ok("smallest", V5, connect(V5), connect(V5, "c", null, null));
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

    private void publishes() {
        ok("QoS 0", V311, packet(0x30, text("a/b"), 'h', 'i'), publish(Qos.AT_MOST_ONCE, "a/b", 0, "hi"));
        ok("QoS 1", V31, packet(0x32, text("a"), 0, 7, 'x'), publish(Qos.AT_LEAST_ONCE, "a", 7, "x"));
        ok("QoS 2, no payload", V311, packet(0x34, text("a"), 0xFF, 0xFF), publish(Qos.EXACTLY_ONCE, "a", 65_535, ""));
        ok(
                "QoS 1, DUP, retained",
                V311,
                packet(0x3B, text("a"), 0, 1),
                new Packet.Publish(
                        true,
                        Qos.AT_LEAST_ONCE,
                        true,
                        TopicName.of("a"),
                        0,
                        1,
                        -1,
                        MessageProperties.NONE,
                        Payload.EMPTY));
        ok("topic of one slash", V5, packet(0x30, text("/"), 0), publish(Qos.AT_MOST_ONCE, "/", 0, ""));
        ok(
                "topic beyond the BMP",
                V311,
                packet(0x30, text("t/é/\uD83D\uDE00/\uFFFD")),
                publish(Qos.AT_MOST_ONCE, "t/é/\uD83D\uDE00/\uFFFD", 0, ""));
        ok(
                "length in more bytes than needed",
                V311,
                bytes(0x30, 0x83, 0, text("a")),
                publish(Qos.AT_MOST_ONCE, "a", 0, ""));
        ok(
                "alias without name",
                V5,
                packet(0x30, text(""), section(bytes(0x23, 0, 3)), 'x'),
                new Packet.Publish(
                        false, Qos.AT_MOST_ONCE, false, null, 3, 0, -1, MessageProperties.NONE, Payload.of("x")));
        byte[] properties = bytes(
                bytes(0x26, text("k"), text(LONG_TEXT)), // User Property
                bytes(0x26, text("k"), text("")), // again
                bytes(0x02, 0xFF, 0xFF, 0xFF, 0xFF), // Message Expiry Interval
                bytes(0x08, text("answer/here")), // Response Topic
                bytes(0x09, binary(new byte[] {1, 0})), // Correlation Data
                bytes(0x03, text("json")), // Content Type
                bytes(0x23, 0xFF, 0xFF), // Topic Alias
                bytes(0x01, 1)); // Payload Format Indicator, one byte, at the end
        ok(
                "all properties, 128 bytes and more, one byte last",
                V5,
                packet(0x35, text("a"), 0, 9, section(properties), 'p', 'q'),
                new Packet.Publish(
                        false,
                        Qos.EXACTLY_ONCE,
                        true,
                        TopicName.of("a"),
                        65_535,
                        9,
                        0xFFFF_FFFFL,
                        new MessageProperties(
                                true,
                                MessageProperties.NEVER,
                                "json",
                                "answer/here",
                                Payload.wrap(new byte[] {1, 0}),
                                List.of(new UserProperty("k", LONG_TEXT), new UserProperty("k", ""))),
                        Payload.of("pq")));
        String big = "z".repeat(MAX_PACKET_SIZE - 6);
        ok(
                "as large as allowed",
                V311,
                packet(0x30, text("a"), big.getBytes(UTF_8)),
                publish(Qos.AT_MOST_ONCE, "a", 0, big));
    }

    private void refusedPublishes() {
        ReasonCode malformed = ReasonCode.MALFORMED_PACKET;
        bad("QoS 3", V311, packet(0x36, text("a"), 0, 1), malformed);
        bad("DUP at QoS 0", V311, packet(0x38, text("a")), malformed);
        bad("packet id 0", V311, packet(0x32, text("a"), 0, 0), ReasonCode.PROTOCOL_ERROR);
        bad("empty topic name", V311, packet(0x30, text("")), ReasonCode.PROTOCOL_ERROR);
        bad("empty topic name without alias", V5, packet(0x30, text(""), 0), ReasonCode.PROTOCOL_ERROR);
        bad("wildcard #", V5, packet(0x30, text("a/#"), 0), ReasonCode.TOPIC_NAME_INVALID);
        bad("wildcard +", V311, packet(0x30, text("a/+")), ReasonCode.TOPIC_NAME_INVALID);
        bad("U+0000 in the topic name", V311, packet(0x30, text("a\0")), malformed);
        bad("invalid UTF-8 in the topic name", V5, packet(0x30, 0, 2, 0xC3, 0x28, 0), malformed);
        bad("overlong UTF-8 in the topic name", V311, packet(0x30, 0, 2, 0xC0, 0x80), malformed);
        bad("surrogate in the topic name", V311, packet(0x30, 0, 3, 0xED, 0xBF, 0xBF), malformed);
        bad("ends inside the topic name", V311, packet(0x30, 0, 9, 'a'), malformed);
        bad("ends inside the packet id", V311, packet(0x32, text("a"), 0), malformed);
        bad("larger than allowed", V311, bytes(0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1), ReasonCode.PACKET_TOO_LARGE);
        bad(
                "one byte larger than allowed",
                V5,
                packet(0x30, new byte[MAX_PACKET_SIZE - 2]),
                ReasonCode.PACKET_TOO_LARGE);
    }

    private void refusedProperties() {
        ReasonCode error = ReasonCode.PROTOCOL_ERROR;
        bad("Topic Alias 0", V5, publishWith(0x23, 0, 0), ReasonCode.TOPIC_ALIAS_INVALID);
        bad("Topic Alias twice", V5, publishWith(0x23, 0, 1, 0x23, 0, 1), error);
        bad("Content Type twice", V5, publishWith(0x03, 0, 0, 0x03, 0, 0), error);
        bad("Payload Format Indicator 2", V5, publishWith(0x01, 2), error);
        bad("Subscription Identifier", V5, publishWith(0x0B, 1), error);
        bad("Response Topic with wildcard", V5, publishWith(0x08, 0, 1, '#'), error);
        bad("Response Topic empty", V5, publishWith(0x08, 0, 0), error);
        bad("U+0000 in Content Type", V5, publishWith(0x03, 0, 1, 0), ReasonCode.MALFORMED_PACKET);
        bad(
                "invalid UTF-8 in a User Property",
                V5,
                publishWith(0x26, 0, 1, 'k', 0, 1, 0x80),
                ReasonCode.MALFORMED_PACKET);
        bad("property of CONNECT", V5, publishWith(0x21, 0, 1), ReasonCode.MALFORMED_PACKET);
        bad("identifier in more bytes than needed", V5, publishWith(0x81, 0, 1), ReasonCode.MALFORMED_PACKET);
        bad(
                "length in five bytes",
                V5,
                packet(0x30, text("a"), 0x80, 0x80, 0x80, 0x80, 1),
                ReasonCode.MALFORMED_PACKET);
        bad("no property length", V5, packet(0x30, text("a")), ReasonCode.MALFORMED_PACKET);
    }

    private void subscribes() {
        ok(
                "one filter",
                V311,
                packet(0x82, 0, 1, text("a/+"), 1),
                new Packet.Subscribe(1, 0, List.of(entry("a/+", Qos.AT_LEAST_ONCE))));
        ok(
                "DUP, which 3.1 allows",
                V31,
                packet(0x8A, 0, 1, text("#"), 0xF2),
                new Packet.Subscribe(1, 0, List.of(entry("#", Qos.EXACTLY_ONCE))));
        ok(
                "options of 5",
                V5,
                packet(0x82, 0, 2, section(bytes(0x0B, 0x80, 1)), text("a"), 0x2E, text("$share/g/b"), 0),
                new Packet.Subscribe(
                        2,
                        128,
                        List.of(
                                new Packet.SubscribeEntry(TopicFilter.of("a"), null, Qos.EXACTLY_ONCE, true, true, 2),
                                entry("$share/g/b", Qos.AT_MOST_ONCE))));
        ok(
                "invalid filters beside a valid one",
                V311,
                packet(0x82, 0, 3, text("a#"), 0, text("b"), 1, text(""), 0),
                new Packet.Subscribe(
                        3,
                        0,
                        List.of(
                                new Packet.SubscribeEntry(null, "a#", Qos.AT_MOST_ONCE, false, false, 0),
                                entry("b", Qos.AT_LEAST_ONCE),
                                new Packet.SubscribeEntry(null, "", Qos.AT_MOST_ONCE, false, false, 0))));
        ok(
                "two filters",
                V311,
                packet(0xA2, 0, 4, text("a"), text("b/#")),
                new Packet.Unsubscribe(4, List.of("a", "b/#")));
        ok(
                "with User Property",
                V5,
                packet(0xA2, 0, 4, section(bytes(0x26, text("k"), text("v"))), text("a")),
                new Packet.Unsubscribe(4, List.of("a")));
    }

    private void refusedSubscribes() {
        ReasonCode error = ReasonCode.PROTOCOL_ERROR;
        ReasonCode malformed = ReasonCode.MALFORMED_PACKET;
        bad("SUBSCRIBE without filters", V311, packet(0x82, 0, 1), error);
        bad("SUBSCRIBE without filters", V5, packet(0x82, 0, 1, 0), error);
        bad("UNSUBSCRIBE without filters", V311, packet(0xA2, 0, 1), error);
        bad("SUBSCRIBE with packet id 0", V311, packet(0x82, 0, 0, text("a"), 0), error);
        bad("UNSUBSCRIBE with packet id 0", V311, packet(0xA2, 0, 0, text("a")), error);
        bad("SUBSCRIBE with flags 0", V311, packet(0x80, 0, 1, text("a"), 0), malformed);
        bad("SUBSCRIBE at QoS 3", V311, packet(0x82, 0, 1, text("a"), 3), error);
        bad("SUBSCRIBE at QoS 3", V5, packet(0x82, 0, 1, 0, text("a"), 3), error);
        bad("options of 5 in 3.1.1", V311, packet(0x82, 0, 1, text("a"), 4), malformed);
        bad("reserved options", V5, packet(0x82, 0, 1, 0, text("a"), 0x40), malformed);
        bad("Retain Handling 3", V5, packet(0x82, 0, 1, 0, text("a"), 0x30), error);
        bad("No Local on a share", V5, packet(0x82, 0, 1, 0, text("$share/g/a"), 4), error);
        bad("Subscription Identifier 0", V5, packet(0x82, 0, 1, 2, 0x0B, 0, text("a"), 0), error);
        bad("Subscription Identifier twice", V5, packet(0x82, 0, 1, 4, 0x0B, 1, 0x0B, 2, text("a"), 0), error);
        bad("filter without options", V311, packet(0x82, 0, 1, text("a")), malformed);
        bad("U+0000 in a filter", V311, packet(0x82, 0, 1, text("\0"), 0), malformed);
        bad("U+0000 in a filter to end", V311, packet(0xA2, 0, 1, text("\0")), malformed);
    }

    private void answers() {
        ReasonCode success = ReasonCode.SUCCESS;
        ok("PUBACK", V311, bytes(0x40, 2, 1, 2), new Packet.PubAck(0x102, success, null));
        ok("PUBACK in short form", V5, bytes(0x40, 2, 0, 1), new Packet.PubAck(1, success, null));
        ok(
                "PUBACK with a reason",
                V5,
                bytes(0x40, 3, 0, 1, 0x97),
                new Packet.PubAck(1, ReasonCode.QUOTA_EXCEEDED, null));
        ok(
                "PUBACK with a text",
                V5,
                packet(0x40, 0, 1, 0x80, section(bytes(0x1F, text("why")))),
                new Packet.PubAck(1, ReasonCode.UNSPECIFIED_ERROR, "why"));
        ok("PUBREC", V5, bytes(0x50, 3, 0, 1, 0x10), new Packet.PubRec(1, ReasonCode.NO_MATCHING_SUBSCRIBERS, null));
        ok("PUBREL", V311, bytes(0x62, 2, 0, 1), new Packet.PubRel(1, success));
        ok("PUBREL with DUP, which 3.1 allows", V31, bytes(0x6A, 2, 0, 1), new Packet.PubRel(1, success));
        ok(
                "PUBREL with a reason",
                V5,
                bytes(0x62, 4, 0, 1, 0x92, 0),
                new Packet.PubRel(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        ok("PUBCOMP", V5, bytes(0x70, 2, 0, 1), new Packet.PubComp(1, success));
        ok("PINGREQ", V31, bytes(0xC0, 0), new Packet.PingReq());
    }

    private void refusedAnswers() {
        bad("PUBACK with packet id 0", V311, bytes(0x40, 2, 0, 0), ReasonCode.PROTOCOL_ERROR);
        bad("PUBACK with a reason in 3.1.1", V311, bytes(0x40, 3, 0, 1, 0), ReasonCode.MALFORMED_PACKET);
        bad("PUBACK with half a packet id", V311, bytes(0x40, 1, 0), ReasonCode.MALFORMED_PACKET);
        bad("PUBACK with an unknown reason", V5, bytes(0x40, 3, 0, 1, 0x42), ReasonCode.PROTOCOL_ERROR);
        bad("PUBREL with flags 0", V5, bytes(0x60, 2, 0, 1), ReasonCode.MALFORMED_PACKET);
        bad("PUBREL with the reason of a PUBACK", V5, bytes(0x62, 3, 0, 1, 0x10), ReasonCode.PROTOCOL_ERROR);
        bad(
                "Reason String twice",
                V5,
                bytes(0x40, 10, 0, 1, 0x80, 6, 0x1F, 0, 0, 0x1F, 0, 0),
                ReasonCode.PROTOCOL_ERROR);
    }

    private void disconnects() {
        ok("DISCONNECT", V311, bytes(0xE0, 0), new Packet.Disconnect(ReasonCode.SUCCESS, -1, null));
        ok("DISCONNECT in short form", V5, bytes(0xE0, 0), new Packet.Disconnect(ReasonCode.SUCCESS, -1, null));
        ok(
                "DISCONNECT with will and expiry",
                V5,
                packet(0xE0, 4, section(bytes(0x11, 0, 0, 1, 0, 0x1F, text("bye")))),
                new Packet.Disconnect(ReasonCode.DISCONNECT_WITH_WILL, 256, "bye"));
        ok(
                "AUTH",
                V5,
                packet(0xF0, 0x18, section(bytes(0x15, text("M"), 0x16, binary(new byte[] {1})))),
                new Packet.Auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", Payload.wrap(new byte[] {1})));
        bad("DISCONNECT with a reason in 3.1.1", V311, bytes(0xE0, 1, 0), ReasonCode.MALFORMED_PACKET);
        bad("DISCONNECT with flags", V311, bytes(0xE1, 0), ReasonCode.MALFORMED_PACKET);
        bad("DISCONNECT with a server's reason", V5, bytes(0xE0, 1, 0x8E), ReasonCode.PROTOCOL_ERROR);
        bad("AUTH in 3.1.1", V311, bytes(0xF0, 0), ReasonCode.MALFORMED_PACKET);
        bad("AUTH without method", V5, bytes(0xF0, 2, 0x18, 0), ReasonCode.PROTOCOL_ERROR);
        bad("AUTH with success", V5, bytes(0xF0, 0), ReasonCode.PROTOCOL_ERROR);
    }

    private void refusedFrames() {
        bad("second CONNECT", V311, connect(V311), ReasonCode.PROTOCOL_ERROR);
        bad("PINGREQ with a body", V311, bytes(0xC0, 1, 0), ReasonCode.MALFORMED_PACKET);
        bad("type 0", V311, bytes(0x00, 0), ReasonCode.MALFORMED_PACKET);
        bad("CONNACK from a client", V5, bytes(0x20, 3, 0, 0, 0), ReasonCode.PROTOCOL_ERROR);
        bad("SUBACK from a client", V311, bytes(0x90, 3, 0, 1, 0), ReasonCode.PROTOCOL_ERROR);
        bad("UNSUBACK from a client", V311, bytes(0xB0, 2, 0, 1), ReasonCode.PROTOCOL_ERROR);
        bad("PINGRESP from a client", V31, bytes(0xD0, 0), ReasonCode.PROTOCOL_ERROR);
        bad(
                "remaining length in five bytes",
                V311,
                bytes(0x30, 0x80, 0x80, 0x80, 0x80, 1),
                ReasonCode.MALFORMED_PACKET);
    }

    private static byte[] connectWith(Object... properties) {
        return packet(0x10, text("MQTT"), 5, 2, 0, 10, section(bytes(properties)), text("c"));
    }

    private static byte[] publishWith(Object... properties) {
        return packet(0x30, text("a"), section(bytes(properties)));
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

    private static Packet.Publish publish(Qos qos, String topic, int packetId, String payload) {
        return new Packet.Publish(
                false, qos, false, TopicName.of(topic), 0, packetId, -1, MessageProperties.NONE, Payload.of(payload));
    }

    private static Message message(
            String topic, Qos qos, boolean retain, byte[] payload, MessageProperties properties) {
        return new Message(TopicName.of(topic), qos, retain, Payload.wrap(payload), properties, null);
    }

    private static Packet.SubscribeEntry entry(String filter, Qos qos) {
        return new Packet.SubscribeEntry(TopicFilter.of(filter), null, qos, false, false, 0);
    }

    private void ok(String name, byte[] bytes, Packet packet) {
        entries.add(new Entry(name, null, bytes, packet, null, null));
    }

    private void ok(String name, ProtocolVersion version, byte[] bytes, Packet packet) {
        boolean first = packet instanceof Packet.Connect;
        entries.add(new Entry(name, first ? null : version, bytes, packet, null, null));
    }

    private void bad(String name, byte[] bytes, ReasonCode refusal, @Nullable ProtocolVersion answerVersion) {
        entries.add(new Entry(name, null, bytes, null, refusal, answerVersion));
    }

    private void bad(String name, ProtocolVersion version, byte[] bytes, ReasonCode refusal) {
        entries.add(new Entry(name, version, bytes, null, refusal, null));
    }

    /** A packet with its fixed header around the parts. */
    static byte[] packet(int firstByte, Object... parts) {
        byte[] body = bytes(parts);
        return bytes(firstByte, variableByteInteger(body.length), body);
    }

    /** Properties behind their length. */
    static byte[] section(byte[] properties) {
        return bytes(variableByteInteger(properties.length), properties);
    }

    static byte[] text(String text) {
        return binary(text.getBytes(UTF_8));
    }

    static byte[] binary(byte[] bytes) {
        return bytes(bytes.length >> 8, bytes.length & 0xFF, bytes);
    }

    /** Joins numbers, characters and arrays. */
    static byte[] bytes(Object... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof byte[] bytes) {
                out.writeBytes(bytes);
            } else if (part instanceof Character c) {
                out.write(c);
            } else {
                out.write((Integer) part);
            }
        }
        return out.toByteArray();
    }

    private static byte[] variableByteInteger(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        while (rest > 127) {
            out.write(rest % 128 + 128);
            rest /= 128;
        }
        out.write(rest);
        return out.toByteArray();
    }
}
