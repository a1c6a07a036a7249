package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DISCONNECT, and what ends a connection (sections 3.14, 4.8 of 3.1.1 and 4.13 of 5). */
final class DisconnectSpecTest extends SpecTest {

    @EachVersion
    @Conforms(
            mqtt5 = {"3.14.4-1", "3.14.4-2"},
            mqtt3 = {"3.14.4-1", "3.14.4-2"})
    void afterDisconnectTheServerCloses(Version version) throws IOException {
        Device device = connect(version);

        device.send(Wire.disconnect(), Wire.ping(), Wire.publish(version, 2, "a", 1, "x"));

        device.assertClosed();
    }

    @Test
    @Conforms(mqtt3 = "3.14.1-1")
    void inMqtt3ADisconnectHasNoBody() throws IOException {
        String topic = topic();
        Device watcher = connect(Version.V3_1_1);
        watcher.subscribe(topic, 0);

        connect(Version.V3_1_1, connect -> connect.will(topic, "will", 0, false))
                .send(Wire.packet(Wire.DISCONNECT, Wire.u8(0)))
                .assertClosed();

        assertThat(watcher.message().payload()).isEqualTo("will");
    }

    @Test
    @Conforms(mqtt5 = "3.14.2-1")
    void onlyAClientsCodesAreTaken() throws IOException {
        for (int code : new int[] {0x01, 0x03, 0x84, 0x85, 0x8B, 0x8D, 0x8E, 0x9C, 0x9D, 0xFF}) {
            connect(Version.V5)
                    .send(Wire.packet(Wire.DISCONNECT, Wire.u8(code)))
                    .assertRefused(0x82);
        }
        for (int code :
                new int[] {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99}) {
            connect(Version.V5)
                    .send(Wire.packet(Wire.DISCONNECT, Wire.u8(code)))
                    .assertClosed();
        }
    }

    @Test
    @Conforms(mqtt5 = {"3.14.2-2", "3.14.2-1"})
    void theServersDisconnectHasACodeAndNoSessionExpiry() throws IOException {
        Device device = connect(Version.V5);

        device.send(Wire.packet(Wire.CONNACK, Wire.u16(0)));

        Received disconnect = device.next();
        assertThat(disconnect.type()).isEqualTo(Wire.DISCONNECT);
        assertThat(disconnect.code()).isEqualTo(0x82);
        assertThat(disconnect.properties().has(Property.SESSION_EXPIRY)).isFalse();
        device.assertClosed();
    }

    @Test
    void anExpiryThatConnectDidNotHaveIsAnError() throws IOException {
        connect(Version.V5)
                .send(Wire.packet(
                        Wire.DISCONNECT, Wire.u8(0), Wire.properties(Property.ofInt(Property.SESSION_EXPIRY, 5))))
                .assertRefused(0x82);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"4.13.1-1", "4.13.2-1", "3.14.4-1"},
            mqtt3 = "4.8.0-1")
    void whatOnlyAServerSendsEndsTheConnection(Version version) throws IOException {
        List<byte[]> packets = List.of(
                Wire.packet(Wire.CONNACK, Wire.u16(0)),
                Wire.packet(Wire.SUBACK, Wire.u16(1), Wire.noProperties(version), Wire.u8(0)),
                Wire.packet(Wire.UNSUBACK, Wire.u16(1), Wire.noProperties(version), Wire.u8(0)),
                Wire.packet(Wire.PINGRESP));
        for (byte[] packet : packets) {
            connect(version).send(packet, Wire.ping()).assertRefused(0x82);
        }
        Device device = connect(version).send(Wire.packet(0x00));
        device.assertRefused(0x81);
    }

    @EachVersion
    @Conforms(mqtt5 = "4.13.1-1", mqtt3 = "4.8.0-1")
    void aPacketThatIsCutShortEndsTheConnection(Version version) throws IOException {
        List<byte[]> packets = List.of(
                Wire.packet(Wire.PUBLISH),
                Wire.packet(Wire.PUBLISH, Wire.hex("00 05 61")),
                Wire.packet(Wire.PUBLISH | 2, Wire.text("a")),
                Wire.packet(Wire.PUBACK, Wire.u8(0)),
                Wire.packet(Wire.PUBREC, Wire.u8(0)),
                Wire.packet(Wire.PUBREL, Wire.u8(0)),
                Wire.packet(Wire.PUBCOMP),
                Wire.packet(Wire.SUBSCRIBE, Wire.u16(1), Wire.noProperties(version), Wire.text("a")),
                Wire.packet(Wire.UNSUBSCRIBE, Wire.u16(1), Wire.noProperties(version), Wire.u16(3)),
                Wire.packet(Wire.PINGREQ, Wire.u8(0)));
        for (byte[] packet : packets) {
            connect(version).send(packet).assertRefused(0x81);
        }
    }
}
