package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What servers that are in use got wrong, by the reports of their users; each test names the mistake. Those that other
 * classes of this package try as well are here with the words of the report.
 */
final class KnownMistakesSpecTest extends SpecTest {

    // ---- delivery -------------------------------------------------------------------------------------------------

    /** Seen in bifromq#281 and tbmq#320. */
    @EachVersion
    void redeliveredWithoutDup(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 1);
        device.publish(topic, "m", 1).unacknowledged();
        device.breakOff();

        assertThat(connect(version, id, Connect::persistent).unacknowledged().dup())
                .isTrue();
    }

    /** Seen in bifromq#281, mosquitto#1454, #3275 and amqtt#401. */
    @EachVersion
    void owedPubRelForgottenOrWithAnotherId(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 2);
        device.publish(topic, "m", 2);
        int packetId = device.unacknowledged().packetId();
        device.send(Wire.answer(Wire.PUBREC, packetId)).assertAnswered(Wire.PUBREL, packetId);
        device.breakOff();

        for (int i = 0; i < 2; i++) {
            Device again = connect(version, id, Connect::persistent);
            again.assertAnswered(Wire.PUBREL, packetId);
            again.breakOff();
        }
    }

    /** Seen in bifromq#281: 0x92 for a PUBREL whose PUBCOMP the client missed is right only once it was answered. */
    @EachVersion
    void resentPubRelAnsweredWithNotFound(Version version) throws IOException {
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.send(Wire.publish(version, 4, topic(), 1, "m")).assertAnswered(Wire.PUBREC, 1);
        device.breakOff();

        Device again = connect(version, id, Connect::persistent);

        again.send(Wire.answer(Wire.PUBREL, 1)).assertAnswered(Wire.PUBCOMP, 1);
    }

    /** Seen in mosquitto#3602. */
    @EachVersion
    void secondRepetitionOfAQos2PublishDelivered(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 1);
        for (int i = 0; i < 3; i++) {
            device.send(Wire.publish(version, i == 0 ? 0x04 : 0x0C, topic, 1, "m"))
                    .assertAnswered(Wire.PUBREC, 1);
        }

        assertThat(device.message().payload()).isEqualTo("m");
        device.assertQuiet();
    }

    /** Seen in emqx#18441: a DUP whose first copy was lost on the way is a message like any other. */
    @EachVersion
    void dupWithoutAFirstCopyDropped(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 2);

        device.send(Wire.publish(version, 0x0C, topic, 1, "m")).assertAnswered(Wire.PUBREC, 1);

        assertThat(device.message().payload()).isEqualTo("m");
    }

    /** Seen in emqx#645 and bifromq#281. */
    @EachVersion
    void subAckBeforeTheSubscriptionIsInEffect(Version version) throws IOException {
        Device publisher = connect(version);
        for (int i = 0; i < 10; i++) {
            String topic = topic();
            Device device = connect(version);
            device.subscribe(topic, 0);
            publisher.publish(topic, "m", 0);
            assertThat(device.unacknowledged().payload()).isEqualTo("m");
        }
    }

    /** Seen in emqx#167, vmq_server#28 and a pull request of vector. */
    @EachVersion
    void acknowledgementsOutOfOrder(Version version) throws IOException {
        Device device = connect(version);
        server().log().hold();
        for (int i = 1; i <= 12; i++) {
            device.send(Wire.publish(version, 2 << i % 2, topic(), i, "m"));
        }
        server().log().letGo();
        for (int i = 1; i <= 12; i++) {
            Received answer = device.next();
            assertThat(answer.packetId()).isEqualTo(i);
            assertThat(answer.type()).isEqualTo(i % 2 == 0 ? Wire.PUBACK : Wire.PUBREC);
        }
    }

    /** Seen in mosquitto#898, #3002. */
    @Test
    void quotaNotRebuiltOnResume() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        byte[] one = Property.ofShort(Property.RECEIVE_MAXIMUM, 1);
        Device device = connect(Version.V5, id, connect -> connect.persistent().with(one));
        device.subscribe(topic, 1);
        device.publish(topic, "first", 1).publish(topic, "second", 1);
        int packetId = device.unacknowledged().packetId();
        device.breakOff();

        Device again = connect(Version.V5, id, connect -> connect.persistent().with(one));
        assertThat(again.unacknowledged().packetId()).isEqualTo(packetId);
        again.assertQuiet();
        again.send(Wire.answer(Wire.PUBACK, packetId));
        assertThat(again.message().payload()).isEqualTo("second");
    }

    /** Seen in emqx#15605, FlashMQ#64 and MQTTnet#1967; bifromq sends 10 by default. */
    @EachVersion
    void retainedMessagesOfAWildcardCutOff(Version version) throws IOException {
        String level = SpecServer.unique("cut");
        Device device = connect(version);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            names.add(level + "/" + i);
            device.retain(level + "/" + i, "m", 0);
        }
        device.settled();
        device.subscribe(level + "/#", 2);
        for (int i = 0; i < 200; i++) {
            assertThat(names.remove(device.message().topic())).isTrue();
        }
        device.assertQuiet();
    }

    /** On AIS2Lab's list. */
    @Test
    void retainedMessageWithoutItsSubscriptionIdentifier() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        device.retain(topic, "m", 1);

        device.subscribe(topic, 1, Property.subscriptionIdentifier(9));

        assertThat(device.message().properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                .isEqualTo(List.of(9L));
    }

    /** Seen in mosquitto#3687. */
    @Test
    void successForAMessageThatWasNotAccepted() throws IOException {
        Device device = connect(Version.V5);

        device.send(Wire.publish(Version.V5, 2, "refused/x", 1, "m"));

        assertThat(device.next(Wire.PUBACK).code()).isGreaterThanOrEqualTo(0x80);
    }

    /** Seen in mosquitto#3542: they must not wait behind messages. */
    @EachVersion
    void answersLostBehindAFullQueue(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 1);
        Device publisher = connect(version);
        for (int i = 0; i < 60; i++) {
            publisher.publish(topic, "m" + i, 1);
        }
        assertThat(device.subscribe("more/" + topic, 1)).isEqualTo(1);
        device.unsubscribe("more/" + topic);
        device.settled();
    }

    // ---- sessions and wills ---------------------------------------------------------------------------------------

    /** Seen in tbmq#372, mosquitto#2610 and #2546. */
    @Test
    void sessionResumedAfterItsEnd() throws IOException {
        String id = SpecServer.unique("c");
        connect(Version.V5, id, connect -> connect.resume().expiry(30)).disconnect();
        server().clock().putForward(Duration.ofSeconds(31));

        assertThat(connect(Version.V5, id, Connect::resume).connAck().isSessionPresent())
                .isFalse();
    }

    /** On AIS2Lab's list; taking over was seen in emqx#10551. */
    @EachVersion
    void willForgottenAtResetOrTakeOver(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device watcher = connect(version);
        watcher.subscribe(topic, 0);
        connect(version, connect -> connect.will(topic, "reset", 0, false)).breakOff();
        assertThat(watcher.message().payload()).isEqualTo("reset");

        connect(version, id, connect -> connect.will(topic, "taken over", 0, false));
        connect(version, id, connect -> {});

        assertThat(watcher.message().payload()).isEqualTo("taken over");
    }

    // ---- how clients are let in -----------------------------------------------------------------------------------

    /** Seen in vertx-mqtt#132, paho.python#82 and mosquitto#1652: clients go round in circles between versions. */
    @Test
    void refusedInAVersionThatTheClientCannotRead() throws IOException {
        for (Version version : Version.values()) {
            open(version)
                    .send(new Connect(version, SpecServer.unique("c"))
                            .user("mallory", "x")
                            .bytes())
                    .assertRejected(version.is5() ? 0x86 : 4);
        }
    }

    /** Seen in mosquitto#2394, TinyMqtt#27, MQTTnet#1166 and nanomq#2258: a bridge tries 0x83 and 0x84 first. */
    @Test
    void bridgesLeftWithoutAnAnswer() throws IOException {
        for (int level : new int[] {0x83, 0x84}) {
            open(Version.V3_1_1)
                    .send(Wire.packet(
                            Wire.CONNECT,
                            Wire.text(level == 0x83 ? "MQIsdp" : "MQTT"),
                            Wire.u8(level),
                            Wire.u8(2),
                            Wire.u16(60),
                            Wire.text("bridge")))
                    .assertRejected(1);
        }
    }

    /** Seen in netty#9054, #11114, moquette#522 and #668. */
    @Test
    void longClientIdRefusedInMqtt31() throws IOException {
        connect(Version.V3_1, "a-client-id-of-more-than-23-characters", connect -> {})
                .assertQuiet();
    }

    /** Seen in vertx-mqtt#121. */
    @EachVersion
    void packetsBeforeConnAckLost(Version version) throws IOException {
        String topic = topic();
        Device device = open(version);

        device.send(
                new Connect(version, SpecServer.unique("c")).bytes(),
                Wire.subscribe(version, 1, 1, topic),
                Wire.publish(version, 2, topic, 2, "m"));

        assertThat(device.next().type()).isEqualTo(Wire.CONNACK);
        device.next(Wire.SUBACK);
        assertThat(device.message().payload()).isEqualTo("m");
        device.assertAnswered(Wire.PUBACK, 2);
    }

    /** Seen in Adafruit_MQTT#164: small clients are confused by it. */
    @EachVersion
    void retainedMessageBeforeSubAck(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.retain(topic, "m", 1);

        device.send(Wire.subscribe(version, 1, 1, topic));

        assertThat(device.next().type()).isEqualTo(Wire.SUBACK);
        assertThat(device.next().type()).isEqualTo(Wire.PUBLISH);
    }

    /** Seen in mosquitto#2494, #3630, #1822 and paho.python#893. */
    @Test
    void aliasesOrQuotaTooSmallForRealClients() throws IOException {
        Properties granted = connect(Version.V5).connAck().properties();

        // iOS of OwnTracks fails below 8 (owntracks/ios#864).
        assertThat(granted.number(Property.TOPIC_ALIAS_MAXIMUM)).isGreaterThanOrEqualTo(8);
    }

    /** Seen in meshcore#506. */
    @EachVersion
    void longKeepAliveRefused(Version version) throws IOException {
        connect(version, connect -> connect.keepAlive(65_535)).assertQuiet();
    }

    /** Section 4.7.2; many servers get it wrong. */
    @EachVersion
    void multiLevelWildcardMatchesSys(Version version) throws IOException {
        Device device = connect(version);
        device.subscribe("#", 0);
        device.subscribe("+/broker/x", 0);
        device.settled();

        // Nobody may publish below $SYS.
        device.publish("$any/broker/x", "m", 0).settled();

        for (Received packet = nextOrPing(device); packet.type() == Wire.PUBLISH; packet = nextOrPing(device)) {
            assertThat(packet.message().topic()).doesNotStartWith("$");
        }
    }

    private static Received nextOrPing(Device device) throws IOException {
        device.send(Wire.ping());
        return device.next();
    }

    /** Seen in paho.golang#116. */
    @Test
    void emptyClientIdWithoutADefinedAnswer() throws IOException {
        open(Version.V3_1).send(new Connect(Version.V3_1, "").bytes()).assertRejected(2);
        connect(Version.V3_1_1, "", connect -> {}).assertQuiet();
        assertThat(connect(Version.V5, "", connect -> {}).connAck().properties().has(Property.ASSIGNED_CLIENT_ID))
                .isTrue();
    }

    /** Seen in umh#998. */
    @EachVersion
    void deepTopicWithoutADefinedAnswer(Version version) throws IOException {
        connect(version)
                .send(Wire.publish(version, 2, "/".repeat(1_000), 1, "m"))
                .assertRefused(0x90);
    }

    /** A device that was switched off and on uses its packet ids again. */
    @EachVersion
    void packetIdOfALifeBeforeTakenForARepetition(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device watcher = connect(version);
        watcher.subscribe(topic, 2);
        Device device = connect(version, id, connect -> {});
        device.send(Wire.publish(version, 4, topic, 1, "before")).assertAnswered(Wire.PUBREC, 1);
        device.breakOff();

        Device again = connect(version, id, connect -> {});
        again.send(Wire.publish(version, 4, topic, 1, "after")).assertAnswered(Wire.PUBREC, 1);

        assertThat(watcher.payloads(2)).containsExactly("before", "after");
    }
}
