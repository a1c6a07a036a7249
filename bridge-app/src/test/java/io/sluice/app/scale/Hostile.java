package io.sluice.app.scale;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a hostile client does on one connection.
 *
 * @param name for people
 * @param connect its CONNECT, or nothing; {@link #NUMBER} stands for what tells its client id from another's
 * @param first what it sends at once behind it
 * @param drip what it sends after that, a byte now and then
 * @param behaviour what it does besides
 */
@SuppressWarnings("ArrayRecordComponent")
record Hostile(String name, byte[] connect, byte[] first, byte[] drip, Behaviour behaviour) {

    /** How it treats its socket. */
    enum Behaviour {
        READS,
        /** Reads nothing of what it is sent. */
        DEAF,
        /** Says that it sends no more, and stays. */
        HALF_CLOSED,
        /** Goes at once, and comes again. */
        FLOODS
    }

    private static final Protocol MQTT = Protocol.MQTT_5;
    private static final byte[] NOTHING = new byte[0];
    private static final int MANY = 100_000;
    /** As many as a packet of 1 MiB holds, about: five of them are a million. */
    private static final int PROPERTIES = 200_000;

    /**
     * All kinds.
     *
     * @param filter matches what others publish
     */
    static List<Hostile> all(String filter) {
        List<Hostile> all = new ArrayList<>();
        malformed(all);
        tooMuch(all);
        slow(all);
        all.add(new Hostile(
                "never reads what it has subscribed to",
                connect("deaf"),
                Wire.subscribe(MQTT, 1, filter, 0),
                NOTHING,
                Behaviour.DEAF));
        all.add(new Hostile(
                "never reads the answers to its pings",
                connect("pings"),
                repeated(Wire.pingReq(), MANY),
                NOTHING,
                Behaviour.DEAF));
        // The answers that it owes are not sent by whoever reads here.
        all.add(reads("never acknowledges", connect("silent-reader"), Wire.subscribe(MQTT, 1, filter, 1)));
        return all;
    }

    private static void malformed(List<Hostile> all) {
        byte[] noise = new byte[4_096];
        new Random(1).nextBytes(noise);
        all.add(reads("noise", NOTHING, noise));
        all.add(reads("a request of HTTP", NOTHING, "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1)));
        all.add(reads("PUBLISH first", NOTHING, Wire.publish(MQTT, 0, "a", 0, "x")));
        byte[] reserved = new Connect(MQTT, "reserved").bytes();
        reserved[9] |= 1;
        all.add(reads("CONNECT with a reserved flag", NOTHING, reserved));
        all.add(reads("a second CONNECT", connect("second"), connect("second")));
        all.add(reads("CONNACK", connect("connack"), Wire.packet(Wire.CONNACK, new byte[3])));
        all.add(reads("QoS 3", connect("qos3"), Wire.publish(MQTT, 6, "a", 1, "x")));
        all.add(reads("a topic that is not UTF-8", connect("utf8"), Wire.packet(0x30, Wire.binary(new byte[] {
            (byte) 0xC0, (byte) 0x80
        }))));
        all.add(reads("a packet of 256 MB", connect("large"), new byte[] {0x30, -1, -1, -1, 0x7F}));
        all.add(reads(
                "a CONNECT of 256 MB", NOTHING, new byte[] {0x10, -1, -1, -1, 0x7F, 0, 4, 'M', 'Q', 'T', 'T', 5, 2}));
    }

    private static void tooMuch(List<Hostile> all) {
        byte[] entry = Wire.join(Wire.text("f/x"), Wire.u8(0));
        all.add(reads(
                "100,000 filters in a packet",
                connect("filters"),
                Wire.packet(Wire.SUBSCRIBE, Wire.u16(1), Wire.noProperties(MQTT), repeated(entry, MANY))));
        byte[][] subscribes = new byte[1_100][];
        for (int i = 0; i < subscribes.length; i++) {
            subscribes[i] = Wire.subscribe(MQTT, 1 + i, "many/" + i, 0);
        }
        all.add(reads("more subscriptions than it may have", connect("subscribes"), Wire.join(subscribes)));
        byte[] property = Wire.join(Wire.u8(0x26), Wire.text(""), Wire.text(""));
        byte[] properties = repeated(property, PROPERTIES);
        all.add(reads(
                "200,000 user properties in a packet",
                connect("properties"),
                Wire.packet(0x30, Wire.text("a"), Wire.varint(properties.length), properties)));
        all.add(reads("32,767 levels", connect("levels"), Wire.publish(MQTT, 2, "/".repeat(32_766), 1, "x")));
        all.add(reads("10,000 wildcards", connect("wildcards"), Wire.subscribe(MQTT, 1, "+/".repeat(9_999) + "#", 1)));
        byte[][] publishes = new byte[1_100][];
        for (int i = 0; i < publishes.length; i++) {
            publishes[i] = Wire.publish(MQTT, 4, "hostile/x", 1 + i, "x");
        }
        all.add(reads("QoS 2 without end", connect("qos2"), Wire.join(publishes)));
    }

    private static void slow(List<Hostile> all) {
        byte[] connect = connect("slow");
        all.add(new Hostile("silence", NOTHING, NOTHING, NOTHING, Behaviour.READS));
        all.add(new Hostile("a CONNECT byte by byte", NOTHING, NOTHING, connect, Behaviour.READS));
        all.add(new Hostile(
                "a PUBLISH byte by byte", connect, new byte[] {0x30, -1, -1, 0x3F}, new byte[100], Behaviour.READS));
        all.add(new Hostile(
                "half a CONNECT, and no more", NOTHING, Arrays.copyOf(connect, 8), NOTHING, Behaviour.HALF_CLOSED));
        all.add(new Hostile("a flood of CONNECTs", connect("flood"), NOTHING, NOTHING, Behaviour.FLOODS));
    }

    private static byte[] connect(String clientId) {
        // With the same id they would only take over from one another.
        return new Connect(MQTT, "hostile-" + clientId + "-" + NUMBER).bytes();
    }

    /** Stands for what tells one connection's client id from another's. */
    static final String NUMBER = "#####";

    private static Hostile reads(String name, byte[] connect, byte[] bytes) {
        return new Hostile(name, connect, bytes, NOTHING, Behaviour.READS);
    }

    private static byte[] repeated(byte[] part, int times) {
        byte[] all = new byte[part.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, all, i * part.length, part.length);
        }
        return all;
    }
}
