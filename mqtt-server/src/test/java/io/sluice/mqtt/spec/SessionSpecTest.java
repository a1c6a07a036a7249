package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clean start, session expiry, taking over (sections 3.1.2.4, 3.1.2.11.2, 3.1.4, 4.1). */
final class SessionSpecTest extends SpecTest {

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-5", "3.1.2-6", "3.1.2-23", "3.2.2-3", "3.1.4-4", "3.1.4-5", "4.5.0-1", "3.1.2-4"},
            mqtt3 = {"3.1.2-4", "3.1.2-5", "3.2.2-2", "3.2.2-3", "3.1.4-3", "3.1.4-4", "4.1.0-1", "4.5.0-1"})
    void aSessionIsTakenUpWithWhatItMissed(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        assertThat(device.connAck().isSessionPresent()).isFalse();
        device.subscribe(topic, 2);
        device.disconnect();
        Device publisher = connect(version);
        for (int i = 0; i < 10; i++) {
            publisher.publish(topic, "m" + i, 1 + i % 2);
        }

        Device again = connect(version, id, Connect::persistent);

        assertThat(again.connAck().isSessionPresent()).isTrue();
        assertThat(again.payloads(10)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.2-4", "3.2.2-2"},
            mqtt3 = {"3.1.2-6", "3.1.2-7", "3.2.2-1"})
    void aCleanStartLeavesTheOldSessionBehind(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 1);
        device.disconnect();
        Device publisher = connect(version);
        publisher.publish(topic, "missed", 1);
        publisher.retain("of/" + topic, "kept", 1);

        Device clean = connect(version, id, connect -> {});
        assertThat(clean.connAck().isSessionPresent()).isFalse();
        publisher.publish(topic, "not subscribed", 1);
        clean.assertQuiet();
        clean.subscribe(topic, 1);
        clean.disconnect();

        // It has ended with its connection; retained messages are no part of it.
        Device last = connect(version, id, Connect::persistent);
        assertThat(last.connAck().isSessionPresent()).isFalse();
        publisher.publish(topic, "not subscribed", 1);
        last.assertQuiet();
        last.subscribe("of/" + topic, 1);
        assertThat(last.message().payload()).isEqualTo("kept");
    }

    @Test
    @Conforms(mqtt5 = {"4.1.0-2", "3.1.2-23", "3.2.2-3"})
    void aSessionEndsWhenItsTimeIsOver() throws IOException {
        String id = SpecServer.unique("c");
        connect(Version.V5, id, connect -> connect.resume().expiry(10)).disconnect();
        server().clock().putForward(Duration.ofSeconds(9));
        Device inTime = connect(Version.V5, id, connect -> connect.resume().expiry(10));
        assertThat(inTime.connAck().isSessionPresent()).isTrue();

        inTime.disconnect();
        server().clock().putForward(Duration.ofSeconds(11));

        assertThat(connect(Version.V5, id, Connect::resume).connAck().isSessionPresent())
                .isFalse();
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-23")
    void theLastWordOnExpiryIsDisconnects() throws IOException {
        String id = SpecServer.unique("c");
        connect(Version.V5, id, connect -> connect.resume().expiry(10))
                .disconnect(Property.ofInt(Property.SESSION_EXPIRY, 1_000));
        server().clock().putForward(Duration.ofSeconds(500));
        Device again = connect(Version.V5, id, connect -> connect.resume().expiry(10));
        assertThat(again.connAck().isSessionPresent()).isTrue();

        again.disconnect(Property.ofInt(Property.SESSION_EXPIRY, 0));

        assertThat(connect(Version.V5, id, Connect::resume).connAck().isSessionPresent())
                .isFalse();
    }

    @Test
    @Conforms(mqtt5 = "4.1.0-1", mqtt3 = "4.1.0-2")
    void aSessionLastsAsLongAsItsConnection() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5, connect -> connect.resume().expiry(1));
        Device old = connect(Version.V3_1_1, Connect::resume);
        device.subscribe(topic, 1);
        old.subscribe(topic, 1);

        server().clock().putForward(Duration.ofDays(30));

        connect(Version.V5).publish(topic, "still here", 1);
        assertThat(device.message().payload()).isEqualTo("still here");
        assertThat(old.message().payload()).isEqualTo("still here");
    }

    @EachVersion
    @Conforms(mqtt5 = "3.1.4-3", mqtt3 = "3.1.4-2")
    void theNewerConnectionHasTheSession(Version version) throws IOException {
        String id = SpecServer.unique("c");
        List<Device> devices = new ArrayList<>();
        devices.add(connect(version, id, Connect::persistent));
        for (int i = 1; i < 5; i++) {
            devices.add(connect(version, id, Connect::persistent));
            assertThat(devices.get(i).connAck().isSessionPresent()).isTrue();
            devices.get(i - 1).assertRefused(0x8E);
        }
        devices.get(4).assertQuiet();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.1.4-2", "3.1.4-6", "3.2.2-6", "3.2.2-7", "3.2.2-8", "4.13.2-1"},
            mqtt3 = {"3.1.4-5", "3.2.2-4", "3.2.2-5"})
    void nothingIsDoneForWhoIsRefused(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        connect(version, id, Connect::persistent).disconnect();
        Device watcher = connect(version);
        watcher.subscribe(topic, 0);

        Device mallory = open(version)
                .send(
                        new Connect(version, id)
                                .persistent()
                                .user("mallory", "x")
                                .bytes(),
                        Wire.publish(version, 0, topic, 0, "never"),
                        Wire.publish(version, 2, topic, 1, "never"));

        mallory.assertRejected(version.is5() ? 0x86 : 0x04);
        Device denied = open(version)
                .send(new Connect(version, id).will("denied/w", "x", 0, false).bytes());
        denied.assertRejected(version.is5() ? 0x87 : 0x05);
        watcher.assertQuiet();
        assertThat(connect(version, id, Connect::persistent).connAck().isSessionPresent())
                .isTrue();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.2.0-1", "3.2.2-1"},
            mqtt3 = "3.2.0-1")
    void connAckComesBeforeTheBacklog(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 1);
        connect(version).publish(topic, "first", 1);
        device.unacknowledged();
        device.breakOff();
        connect(version).publish(topic, "second", 1);

        Device again = connect(version, id, Connect::persistent);

        // connect() has seen that the first packet was a CONNACK.
        assertThat(again.connAck().body()[0]).isEqualTo((byte) 1);
        assertThat(again.payloads(2)).containsExactly("first", "second");
    }
}
