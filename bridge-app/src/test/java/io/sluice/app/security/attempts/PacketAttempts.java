package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.PACKETS;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Property;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packets that a client may not send, or not then. */
final class PacketAttempts {

    private PacketAttempts() {}

    /** Makes the bytes for a client that is in. */
    private interface Sent {
        byte[] bytes(RawClient client, Protocol protocol);
    }

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>();
        all.add(attempt("a second CONNECT", 0x82, (client, protocol) -> new Connect(protocol, "c").bytes()));
        all.add(attempt(
                "CONNACK",
                0x82,
                (client, protocol) -> Wire.packet(Wire.CONNACK, new byte[2], Wire.noProperties(protocol))));
        all.add(attempt(
                "SUBACK",
                0x82,
                (client, protocol) -> Wire.packet(Wire.SUBACK, Wire.u16(1), Wire.noProperties(protocol), Wire.u8(0))));
        all.add(attempt(
                "UNSUBACK",
                0x82,
                (client, protocol) ->
                        Wire.packet(Wire.UNSUBACK, Wire.u16(1), Wire.noProperties(protocol), Wire.u8(0))));
        all.add(attempt("PINGRESP", 0x82, (client, protocol) -> Wire.packet(Wire.PINGRESP)));
        all.add(attempt("a packet of type 0", 0x81, (client, protocol) -> Wire.packet(0)));
        all.add(attempt(
                "PUBLISH with QoS 3", 0x81, (client, protocol) -> Wire.publish(protocol, 6, "a/x", 1, "never")));
        all.add(attempt(
                "a packet of 128 KB where 64 KB are allowed",
                0x95,
                (client, protocol) -> Wire.publish(protocol, 0, "a/x", 0, "never".repeat(26_000))));
        all.add(attempt(
                "a packet that declares 256 MB", 0x95, (client, protocol) -> new byte[] {0x30, -1, -1, -1, 0x7F}));
        all.add(only5(
                "PUBLISH with a Subscription Identifier",
                0x82,
                (client, protocol) ->
                        client.publication("a/x", "never", 1, false, 1, Property.subscriptionIdentifier(1))));
        all.add(only5(
                "a topic alias above the maximum",
                0x94,
                (client, protocol) -> client.publication("a/x", "never", 1, false, 1, Property.topicAlias(60_000))));
        all.add(only5(
                "a topic alias that stands for nothing",
                0x94,
                (client, protocol) -> client.publication("", "never", 1, false, 1, Property.topicAlias(3))));
        all.add(only5(
                "a response topic with `#`",
                0x82,
                (client, protocol) -> client.publication("a/x", "never", 1, false, 1, Property.responseTopic("a/#"))));
        all.add(new Attempt(
                PACKETS,
                "more messages at QoS 2 without PUBREL than Receive Maximum says",
                null,
                "DISCONNECT 0x93, closed",
                PacketAttempts::overrun));
        all.add(only5("101 user properties", 0x97, (client, protocol) -> manyUserProperties()));
        for (int type : List.of(Wire.SUBSCRIBE, Wire.PUBLISH, Wire.PINGREQ, Wire.DISCONNECT)) {
            all.add(Attempt.once(
                    PACKETS,
                    "as the first packet: type " + (type >> 4),
                    "closed",
                    (sluice, protocol) ->
                            Answers.toConnect(sluice.client("local", protocol).send(Wire.packet(type, new byte[4])))));
        }
        return all;
    }

    /** What was sent before is received, and is answered: it is the end that counts. */
    private static String overrun(AttackedSluice sluice, Protocol protocol) throws Exception {
        byte[][] packets = new byte[AttackedSluice.RECEIVE_MAXIMUM + 1][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = Wire.publish(protocol, 4, "a/x", 1 + i, "allowed");
        }
        String answers = Answers.to(sluice.login(protocol, "alice"), packets);
        return answers.substring(Math.max(0, answers.lastIndexOf("DISCONNECT")));
    }

    private static byte[] manyUserProperties() {
        byte[][] properties = new byte[101][];
        Arrays.fill(properties, Wire.join(Wire.u8(Property.USER_PROPERTY), Wire.text("n"), Wire.text("v")));
        return Wire.packet(0x30, Wire.text("a/x"), Wire.properties(properties), Wire.u8('x'));
    }

    private static Attempt attempt(String what, int code, Sent sent) {
        return new Attempt(PACKETS, what, "closed", "DISCONNECT 0x%02X, closed".formatted(code), (sluice, protocol) -> {
            RawClient client = sluice.login(protocol, "alice");
            return Answers.to(client, sent.bytes(client, protocol));
        });
    }

    private static Attempt only5(String what, int code, Sent sent) {
        Attempt both = attempt(what, code, sent);
        return new Attempt(PACKETS, what, null, both.answer5(), both.trial());
    }
}
