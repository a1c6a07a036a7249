package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is different in MQTT 3.1, which numbers no statements. */
final class Mqtt31SpecTest extends SpecTest {

    @Test
    @Conforms(mqtt31 = "1")
    void mqIsdpIsServed() throws IOException {
        String topic = topic();
        Device device = connect(Version.V3_1);
        assertThat(device.subscribe(topic, 2)).isEqualTo(2);
        for (int qos = 0; qos <= 2; qos++) {
            device.publish(topic, "m", qos);
            assertThat(device.message().qos()).isEqualTo(qos);
        }
        device.unsubscribe(topic);
        device.disconnect();
    }

    @Test
    @Conforms(mqtt31 = "4")
    void theReservedFlagIsNotPoliced() throws IOException {
        Device device = open(Version.V3_1);

        device.send(Connect.raw(Version.V3_1, 0x03, Wire.text(SpecServer.unique("c"))));

        assertThat(device.next().toString()).isEqualTo("20 0000");
    }

    @Test
    @Conforms(mqtt31 = "5")
    void sessionPresentIsReserved() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V3_1, id, Connect::resume);
        device.subscribe(topic, 1);
        device.disconnect();
        connect(Version.V3_1).publish(topic, "missed", 1);

        Device again = connect(Version.V3_1, id, Connect::resume);

        assertThat(again.connAck().body()[0]).isZero();
        assertThat(again.message().payload()).isEqualTo("missed");
    }

    @Test
    @Conforms(mqtt31 = "6")
    void aClientMaySendAgainOnALiveConnection() throws IOException {
        String topic = topic();
        Device watcher = connect(Version.V3_1_1);
        watcher.subscribe(topic, 2);
        Device device = connect(Version.V3_1);
        for (int i = 0; i < 5; i++) {
            int dup = i == 0 ? 0 : 0x08;
            device.send(Wire.publish(Version.V3_1, 0x02 | dup, topic, 1, "once " + i))
                    .assertAnswered(Wire.PUBACK, 1);
            device.send(Wire.publish(Version.V3_1, 0x04 | dup, topic, 2, "exactly"))
                    .assertAnswered(Wire.PUBREC, 2);
        }

        assertThat(watcher.payloads(6)).containsExactly("once 0", "exactly", "once 1", "once 2", "once 3", "once 4");
        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt31 = "7")
    void aDeniedFilterIsGrantedNothingAndDeliversNothing() throws IOException {
        Device device = connect(Version.V3_1);
        device.send(Wire.subscribe(Version.V3_1, 1, 1, "denied/a"));
        try {
            assertThat(device.next(Wire.SUBACK).codes()).containsExactly(0);
            device.assertQuiet();
        } catch (java.io.EOFException closed) {
            // The other way that 3.1 leaves.
        }
    }
}
