package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The will (sections 3.1.2.5, 3.1.3.2 and 3.14.4). */
final class WillSpecTest extends SpecTest {

    private Device watcher(Version version, String topic) throws IOException {
        Device watcher = connect(version);
        watcher.subscribe(topic, 2);
        return watcher;
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-7", "3.1.2-8", "3.1.2-10"},
            mqtt3 = {"3.1.2-8", "3.1.2-9", "3.1.2-10"})
    void theWillIsPublishedOnceWhenTheConnectionBreaks(Version version) throws IOException {
        String topic = topic();
        Device watcher = watcher(version, topic);
        for (int qos = 0; qos <= 2; qos++) {
            int willQos = qos;
            connect(version, connect -> connect.will(topic, "reset", willQos, false))
                    .breakOff();
            Received.Message reset = watcher.message();
            assertThat(reset.payload()).isEqualTo("reset");
            assertThat(reset.qos()).isEqualTo(qos);

            connect(version, connect -> connect.will(topic, "closed", willQos, false))
                    .close();
            assertThat(watcher.message().payload()).isEqualTo("closed");

            Device wrong = connect(version, connect -> connect.will(topic, "wrong", willQos, false));
            wrong.send(Wire.packet(Wire.CONNACK, Wire.u16(0)));
            assertThat(watcher.message().payload()).isEqualTo("wrong");
        }
        watcher.assertQuiet();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-8", "3.1.2-10", "3.14.4-3", "3.14.4-1"},
            mqtt3 = {"3.1.2-10", "3.14.4-3", "3.14.4-2"})
    void disconnectDiscardsTheWill(Version version) throws IOException {
        String topic = topic();
        Device watcher = watcher(version, topic);
        Device device = connect(version, connect -> connect.will(topic, "will", 1, false));

        device.send(
                Wire.publish(version, 0, topic, 0, "last word"),
                Wire.disconnect(),
                Wire.publish(version, 0, topic, 0, "too late"));
        device.assertClosed();

        assertThat(watcher.message().payload()).isEqualTo("last word");
        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-8", "3.1.2-10"})
    void disconnectWithWillPublishesIt() throws IOException {
        String topic = topic();
        Device watcher = watcher(Version.V5, topic);
        Device device = connect(Version.V5, connect -> connect.will(topic, "will", 1, false));

        device.send(Wire.packet(Wire.DISCONNECT, Wire.u8(0x04))).assertClosed();

        assertThat(watcher.message().payload()).isEqualTo("will");
    }

    /** A device is not said to be dead before the last that it measured. */
    @Test
    void aWillComesAfterWhatItsClientPublished() throws IOException {
        String topic = topic();
        Device watcher = watcher(Version.V5, topic);
        Device device = connect(Version.V5, connect -> connect.will(topic, "will", 1, false));

        server().log().hold();
        try {
            device.send(
                            Wire.publish(Version.V5, 0, topic, 0, "last word"),
                            Wire.publish(Version.V5, 2, topic, 1, "not acknowledged"),
                            Wire.packet(Wire.DISCONNECT, Wire.u8(0x04)))
                    .assertClosed();
        } finally {
            server().log().letGo();
        }

        assertThat(watcher.message().payload()).isEqualTo("last word");
        assertThat(watcher.message().payload()).isEqualTo("not acknowledged");
        assertThat(watcher.message().payload()).isEqualTo("will");
    }

    @EachVersion
    @Conforms(mqtt3 = "3.1.2-12")
    void withoutAWillNothingIsPublished(Version version) throws IOException {
        Device watcher = watcher(version, "#");
        // What others have left retained is not meant.
        watcher.settled().forget();

        connect(version).breakOff();

        watcher.assertQuiet();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-14", "3.1.2-15"},
            mqtt3 = {"3.1.2-16", "3.1.2-17"})
    void theWillIsRetainedAsItsFlagSays(Version version) throws IOException {
        for (boolean retain : new boolean[] {false, true}) {
            String topic = topic();
            Device watcher = watcher(version, topic);
            connect(version, connect -> connect.will(topic, "will", 1, retain)).breakOff();
            assertThat(watcher.message().retain()).isFalse();

            Device later = watcher(version, topic);

            if (retain) {
                Received.Message will = later.message();
                assertThat(will.payload()).isEqualTo("will");
                assertThat(will.retain()).isTrue();
            }
            later.assertQuiet();
        }
    }

    @Test
    @Conforms(mqtt5 = {"3.1.3-9", "3.1.2-8"})
    void whoComesBackWithinTheDelayLeavesNoWill() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device watcher = watcher(Version.V5, topic);
        byte[] delay = Property.ofInt(Property.WILL_DELAY, 60);
        connect(Version.V5, id, connect -> connect.persistent().will(topic, "will", 1, false, delay))
                .breakOff();

        Device again = connect(Version.V5, id, Connect::persistent);
        assertThat(again.connAck().isSessionPresent()).isTrue();
        again.disconnect();

        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-8", "3.1.2-4"})
    void theEndOfTheSessionEndsTheDelay() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device watcher = watcher(Version.V5, topic);
        byte[] delay = Property.ofInt(Property.WILL_DELAY, 60);
        connect(Version.V5, id, connect -> connect.persistent().will(topic, "discarded", 1, false, delay))
                .breakOff();
        watcher.assertQuiet();

        connect(Version.V5, id, connect -> {}).disconnect();
        assertThat(watcher.message().payload()).isEqualTo("discarded");

        connect(Version.V5, connect -> connect.will(topic, "no session", 1, false, delay))
                .breakOff();
        assertThat(watcher.message().payload()).isEqualTo("no session");
    }

    @Test
    @Conforms(mqtt5 = {"3.1.3-10", "3.1.2-9"})
    void thePropertiesOfTheWillAreForwarded() throws IOException {
        String topic = topic();
        Device watcher = watcher(Version.V5, topic);
        byte[][] properties = {
            Property.ofByte(Property.PAYLOAD_FORMAT, 1),
            Property.ofText(Property.CONTENT_TYPE, "text/plain"),
            Property.ofText(Property.RESPONSE_TOPIC, "answers"),
            Property.ofBytes(Property.CORRELATION_DATA, new byte[] {0, 1, -1}),
            Property.user("b", "1"),
            Property.user("a", "2"),
            Property.user("b", "3")
        };
        connect(Version.V5, connect -> connect.will(topic, "will", 1, false, properties))
                .breakOff();

        Properties got = watcher.message().properties();

        assertThat(got.all(Property.USER_PROPERTY))
                .isEqualTo(List.of(Map.entry("b", "1"), Map.entry("a", "2"), Map.entry("b", "3")));
        assertThat(got.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(got.text(Property.RESPONSE_TOPIC)).isEqualTo("answers");
        assertThat(got.number(Property.PAYLOAD_FORMAT)).isEqualTo(1);
        assertThat(got.bytes(Property.CORRELATION_DATA)).containsExactly(0, 1, -1);
    }
}
