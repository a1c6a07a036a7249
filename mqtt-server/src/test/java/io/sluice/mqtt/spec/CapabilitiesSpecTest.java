package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.connection.Capabilities;
import io.sluice.mqtt.connection.ConnectionSettings;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server that offers less: no retained messages, no wildcards, no topic aliases (sections 3.2.2.3 and 3.8.3). */
final class CapabilitiesSpecTest extends SpecTest {

    CapabilitiesSpecTest() {
        super(new ConnectionSettings(
                100,
                0,
                Duration.ofSeconds(10),
                SpecServer.PACKET_SIZE_MAX,
                SpecServer.RECEIVE_MAXIMUM,
                0,
                0,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                128,
                false,
                false,
                ConnectionSettings.DeniedPublish.DROP,
                Capabilities.ALL,
                ConnectionSettings.ClientRate.NONE));
    }

    @Test
    void connAckSaysSo() throws IOException {
        Properties granted = connect(Version.V5).connAck().properties();

        assertThat(granted.number(Property.RETAIN_AVAILABLE)).isZero();
        assertThat(granted.number(Property.WILDCARD_AVAILABLE)).isZero();
        assertThat(granted.all(Property.TOPIC_ALIAS_MAXIMUM)).isSubsetOf(0L);
    }

    @Test
    @Conforms(mqtt5 = "3.2.2-18")
    void aTopicAliasEndsTheConnection() throws IOException {
        connect(Version.V5)
                .send(Wire.publish5(0, "a", 0, "x", Property.ofShort(Property.TOPIC_ALIAS, 1)))
                .assertRefused(0x94);
    }

    @EachVersion
    @Conforms(mqtt5 = "3.2.2-14")
    void aRetainedMessageEndsTheConnection(Version version) throws IOException {
        connect(version).send(Wire.publish(version, 1, topic(), 0, "x")).assertRefused(0x9A);
    }

    @Test
    @Conforms(mqtt5 = "3.2.2-13")
    void aRetainedWillIsRefused() throws IOException {
        open(Version.V5)
                .send(new Connect(Version.V5, "w").will("w", "x", 0, true).bytes())
                .assertRejected(0x9A);
    }

    @EachVersion
    @Conforms(mqtt3 = "3.8.3-2")
    void aFilterWithWildcardsIsRefused(Version version) throws IOException {
        Device device = connect(version);

        assertThat(device.subscribe("a/+", 0)).isEqualTo(version.is5() ? 0xA2 : 0x80);
        assertThat(device.subscribe("#", 0)).isEqualTo(version.is5() ? 0xA2 : 0x80);
        assertThat(device.subscribe("a/b", 0)).isZero();
    }

    @Test
    @Conforms(mqtt3 = "3.3.5-2")
    void aDeniedMessageMayBeAcknowledgedAndDropped() throws IOException {
        Device device = connect(Version.V3_1_1);

        device.publish("denied/a", "x", 0).publish("denied/a", "x", 1).publish("denied/a", "x", 2);

        device.assertQuiet();
    }
}
