package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The fixed header, packet identifiers and properties (section 2). What the server sends {@link Device} checks always. */
final class PacketFormatSpecTest extends SpecTest {

    private static List<byte[]> flagged(Version version) {
        List<byte[]> packets = new ArrayList<>(List.of(
                Wire.subscribe(version, 1, 0, "a"),
                Wire.unsubscribe(version, 1, "a"),
                Wire.answer(Wire.PUBACK, 1),
                Wire.answer(Wire.PUBREC, 1),
                Wire.answer(Wire.PUBREL, 1),
                Wire.answer(Wire.PUBCOMP, 1),
                Wire.ping(),
                Wire.disconnect()));
        if (version.is5()) {
            packets.add(Wire.packet(
                    Wire.AUTH, Wire.u8(0x19), Wire.properties(Property.ofText(Property.AUTHENTICATION_METHOD, "x"))));
        }
        return packets;
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"2.1.3-1", "3.6.1-1", "3.8.1-1", "3.10.1-1", "3.14.1-1", "3.15.1-1"},
            mqtt3 = {"2.2.2-1", "2.2.2-2", "3.6.1-1", "3.8.1-1", "3.10.1-1", "3.14.1-1"})
    void wrongReservedFlagsEndTheConnection(Version version) throws IOException {
        for (byte[] packet : flagged(version)) {
            int right = packet[0];
            for (int difference = 1; difference < 16; difference++) {
                packet[0] = (byte) (right ^ difference);
                connect(version).send(packet).assertRefused(0x81);
            }
        }
        Device device = open(version);
        byte[] connect = new Connect(version, "flags").bytes();
        connect[0] |= 1;
        device.send(connect).assertClosed();
    }

    @EachVersion
    @Conforms(mqtt5 = "2.2.1-3", mqtt3 = "2.3.1-1")
    void aPacketIdIsNotZero(Version version) throws IOException {
        connect(version).send(Wire.publish(version, 2, "a", 0, "x")).assertRefused(0x82);
        connect(version).send(Wire.publish(version, 4, "a", 0, "x")).assertRefused(0x82);
        connect(version).send(Wire.subscribe(version, 0, 0, "a")).assertRefused(0x82);
        connect(version).send(Wire.unsubscribe(version, 0, "a")).assertRefused(0x82);
    }

    @EachVersion
    @Conforms(mqtt3 = "2.3.1-3")
    void anAnsweredPacketIdIsFreeAgain(Version version) throws IOException {
        Device device = connect(version);
        String topic = topic();
        for (int i = 0; i < 3; i++) {
            device.send(Wire.subscribe(version, 7, 2, topic));
            assertThat(device.next(Wire.SUBACK).packetId()).isEqualTo(7);
        }
        for (int i = 0; i < 3; i++) {
            device.send(Wire.publish(version, 2, topic, 7, "once " + i)).assertAnswered(Wire.PUBACK, 7);
            device.send(Wire.publish(version, 4, topic, 7, "twice " + i)).assertAnswered(Wire.PUBREC, 7);
            device.send(Wire.answer(Wire.PUBREL, 7)).assertAnswered(Wire.PUBCOMP, 7);
        }

        assertThat(device.payloads(6)).containsExactly("once 0", "twice 0", "once 1", "twice 1", "once 2", "twice 2");
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"2.2.1-4", "4.3.2-1", "4.3.3-1"},
            mqtt3 = {"2.3.1-1", "2.3.1-4"})
    void noPacketIdIsInFlightTwice(Version version) throws IOException {
        Device device = connect(version);
        Device publisher = connect(version);
        String topic = topic();
        device.subscribe(topic, 1);
        Random random = new Random(1);
        Set<Integer> inFlight = new TreeSet<>();
        int messages = 100;
        for (int i = 0; i < messages; i++) {
            publisher.publish(topic, "m", 1);
        }
        for (int i = 0; i < messages; i++) {
            int packetId = device.unacknowledged().packetId();
            assertThat(packetId).isPositive();
            assertThat(inFlight.add(packetId))
                    .as("%s, which is in flight", packetId)
                    .isTrue();
            if (inFlight.size() == 8 || random.nextBoolean()) {
                List<Integer> ids = new ArrayList<>(inFlight);
                int acknowledged = ids.get(random.nextInt(ids.size()));
                inFlight.remove(acknowledged);
                device.send(Wire.answer(Wire.PUBACK, acknowledged));
            }
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"2.2.1-2", "2.2.2-1", "4.3.1-1"},
            mqtt3 = {"2.3.1-5", "4.3.1-1"})
    void atQos0ThereIsNoPacketId(Version version) throws IOException {
        Device device = connect(version);
        device.subscribe("qos0/+", 0);

        device.publish("qos0/a", "x", 0);

        Received packet = device.next(Wire.PUBLISH);
        assertThat(packet.firstByte()).isEqualTo(0x30);
        assertThat(HexFormat.of().formatHex(packet.body()))
                .isEqualTo("0006716f73302f61" + (version.is5() ? "00" : "") + "78");
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"2.2.1-5", "2.2.1-6", "3.8.4-1", "3.8.4-2", "3.10.4-4", "3.10.4-5", "3.3.4-1"},
            mqtt3 = {"2.3.1-6", "2.3.1-7", "3.8.4-1", "3.8.4-2", "3.10.4-4", "3.3.4-1"})
    void anAnswerHasThePacketIdOfItsRequest(Version version) throws IOException {
        Device device = connect(version);
        for (int id : new int[] {1, 256, 4_660, 65_535}) {
            device.send(
                    Wire.subscribe(version, id, 0, "a/" + id),
                    Wire.publish(version, 2, "b", id, "x"),
                    Wire.publish(version, 4, "b", 65_536 - id, "x"),
                    Wire.unsubscribe(version, id, "a/" + id));
            assertThat(device.next(Wire.SUBACK).packetId()).isEqualTo(id);
            device.assertAnswered(Wire.PUBACK, id);
            device.assertAnswered(Wire.PUBREC, 65_536 - id);
            assertThat(device.next(Wire.UNSUBACK).packetId()).isEqualTo(id);
            device.send(Wire.answer(Wire.PUBREL, 65_536 - id)).assertAnswered(Wire.PUBCOMP, 65_536 - id);
        }
    }

    @Test
    @Conforms(mqtt5 = "2.2.2-1")
    void noPropertiesAreSaidByALengthOfZero() throws IOException {
        Device device = connect(Version.V5);

        device.send(Wire.subscribe(Version.V5, 1, 0, "a"), Wire.unsubscribe(Version.V5, 2, "a"));

        assertThat(device.next(Wire.SUBACK).toString()).isEqualTo("90 00010000");
        assertThat(device.next(Wire.UNSUBACK).toString()).isEqualTo("b0 00020000");
    }
}
