package io.sluice.mqtt.codec;

import static io.sluice.mqtt.codec.PacketBytes.binary;
import static io.sluice.mqtt.codec.PacketBytes.bytes;
import static io.sluice.mqtt.codec.PacketBytes.packet;
import static io.sluice.mqtt.codec.PacketBytes.section;
import static io.sluice.mqtt.codec.PacketBytes.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
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
        packets.entries.addAll(ConnectPackets.all());
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

    private static byte[] publishWith(Object... properties) {
        return packet(0x30, text("a"), section(bytes(properties)));
    }

    private static Packet.Publish publish(Qos qos, String topic, int packetId, String payload) {
        return new Packet.Publish(
                false, qos, false, TopicName.of(topic), 0, packetId, -1, MessageProperties.NONE, Payload.of(payload));
    }

    private static Packet.SubscribeEntry entry(String filter, Qos qos) {
        return new Packet.SubscribeEntry(TopicFilter.of(filter), null, qos, false, false, 0);
    }

    private void ok(String name, ProtocolVersion version, byte[] bytes, Packet packet) {
        entries.add(new Entry(name, version, bytes, packet, null, null));
    }

    private void bad(String name, ProtocolVersion version, byte[] bytes, ReasonCode refusal) {
        entries.add(new Entry(name, version, bytes, null, refusal, null));
    }
}
