package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PINGREQ and PINGRESP (sections 3.12 and 3.13). */
final class PingSpecTest extends SpecTest {

    @ParameterizedTest
    @EnumSource(Version.class)
    @Conforms(mqtt5 = "3.12.4-1", mqtt3 = "3.12.4-1")
    void aPingIsAnswered(Version version) throws IOException {
        Device device = connect(version);

        device.send(Wire.ping(), Wire.ping());

        assertThat(device.next().toString()).isEqualTo("d0 ");
        assertThat(device.next().toString()).isEqualTo("d0 ");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Conforms(mqtt5 = "3.12.4-1", mqtt3 = "3.12.4-1")
    void aPingIsAnsweredWhileTheLogTakesNothing(Version version) throws IOException {
        Device device = connect(version);
        server().log().hold();
        device.send(Wire.publish(version, 2, topic(), 1, "waits"));

        device.assertQuiet();

        server().log().letGo();
        device.assertAnswered(Wire.PUBACK, 1);
    }
}
