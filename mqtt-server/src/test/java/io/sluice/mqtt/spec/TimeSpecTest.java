package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.connection.ConnectionSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only real time shows: keep-alive and the will's delay (sections 3.1.2.10, 3.1.3.2.2, 3.2.2.3.14). */
final class TimeSpecTest {

    private static final int KEEP_ALIVE_MAX = 1;

    private final SpecServer server = new SpecServer(
            SpecServer.settings(KEEP_ALIVE_MAX, true, true, ConnectionSettings.DeniedPublish.DISCONNECT));
    private final List<Device> devices = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (Device device : devices) {
            device.close();
        }
        server.close();
    }

    private Device connect(Version version, Consumer<Connect> options) throws IOException {
        Connect connect = new Connect(version, SpecServer.unique("c"));
        options.accept(connect);
        Device device = new Device(Transport.TCP.open(server), version);
        devices.add(device);
        return device.connect(connect);
    }

    @Test
    @Conforms(
            mqtt5 = {"3.1.2-22", "3.2.2-22"},
            mqtt3 = "3.1.2-24")
    void silenceForOneAndAHalfKeepAlivesEndsTheConnection() throws IOException {
        Device watcher = connect(Version.V3_1_1, connect -> {});
        watcher.subscribe("wills/+", 0);
        Device server5 = connect(Version.V5, connect -> connect.keepAlive(0));
        assertThat(server5.connAck().properties().number(Property.SERVER_KEEP_ALIVE))
                .isEqualTo(KEEP_ALIVE_MAX);
        List<Device> silent = List.of(
                connect(Version.V3_1, connect -> connect.keepAlive(1).will("wills/3.1", "gone", 0, false)),
                connect(Version.V3_1_1, connect -> connect.keepAlive(1).will("wills/3.1.1", "gone", 0, false)),
                connect(Version.V5, connect -> connect.keepAlive(1).will("wills/5", "gone", 0, false)),
                server5);
        assertThat(silent.get(2).connAck().properties().has(Property.SERVER_KEEP_ALIVE))
                .isFalse();
        long start = System.nanoTime();

        for (Device device : silent) {
            device.assertRefused(0x8D);
            assertThat(System.nanoTime() - start).isGreaterThan(1_400_000_000L);
        }

        assertThat(List.of(
                        watcher.message().topic(),
                        watcher.message().topic(),
                        watcher.message().topic()))
                .containsExactlyInAnyOrder("wills/3.1", "wills/3.1.1", "wills/5");
        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-8")
    void theWillWaitsForItsDelay() throws IOException {
        Device watcher = connect(Version.V3_1_1, connect -> {});
        watcher.subscribe("wills/+", 0);
        long start = System.nanoTime();
        connect(Version.V5, connect -> connect.persistent()
                        .will("wills/late", "gone", 0, false, Property.ofInt(Property.WILL_DELAY, 1)))
                .breakOff();

        assertThat(watcher.message().topic()).isEqualTo("wills/late");
        assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
    }
}
