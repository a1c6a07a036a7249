package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quality of service, redelivery, order (sections 3.4 to 3.7, 4.3, 4.4, 4.6). */
final class QosSpecTest extends SpecTest {

    // ---- the server as receiver -----------------------------------------------------------------------------------

    @EachVersion
    @Conforms(
            mqtt5 = {"4.3.2-4", "4.3.3-8"},
            mqtt3 = {"4.3.2-2", "4.3.3-2"})
    void anAcknowledgementFollowsOwnership(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        server().log().hold();
        device.send(Wire.publish(version, 2, topic, 1, "x"), Wire.publish(version, 4, topic, 2, "x"));
        device.assertQuiet();

        server().log().letGo();

        device.assertAnswered(Wire.PUBACK, 1);
        device.assertAnswered(Wire.PUBREC, 2);
    }

    @EachVersion
    @Conforms(mqtt5 = "4.3.2-5", mqtt3 = "4.3.2-2")
    void afterPubAckTheSameIdIsANewMessage(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 1);
        for (int flags : new int[] {0x02, 0x0A, 0x02}) {
            device.send(Wire.publish(version, flags, topic, 9, "x" + flags)).assertAnswered(Wire.PUBACK, 9);
        }
        assertThat(device.payloads(3)).containsExactly("x2", "x10", "x2");
        device.assertQuiet();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Conforms(
            mqtt5 = {"4.3.3-10", "4.3.3-11", "4.3.3-12"},
            mqtt3 = "4.3.3-2")
    void untilPubRelARepeatedPublishIsTheSameMessage(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device watcher = connect(version);
        watcher.subscribe(topic, 2);
        Device device = connect(version, id, Connect::persistent);
        for (int i = 0; i < 10; i++) {
            device.send(Wire.publish(version, i == 0 ? 0x04 : 0x0C, topic, 5, "once"))
                    .assertAnswered(Wire.PUBREC, 5);
        }
        device.breakOff();
        Device again = connect(version, id, Connect::persistent);
        again.send(Wire.publish(version, 0x0C, topic, 5, "once")).assertAnswered(Wire.PUBREC, 5);
        again.send(Wire.answer(Wire.PUBREL, 5)).assertAnswered(Wire.PUBCOMP, 5);

        again.send(Wire.publish(version, 0x04, topic, 5, "new")).assertAnswered(Wire.PUBREC, 5);

        assertThat(watcher.payloads(2)).containsExactly("once", "new");
        watcher.assertQuiet();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"4.3.3-11", "3.7.2-1"},
            mqtt3 = "4.3.3-2")
    void anUnknownPubRelIsCompleted(Version version) throws IOException {
        Device device = connect(version);

        device.send(Wire.answer(Wire.PUBREL, 99));

        Received complete = device.next();
        assertThat(complete.type()).isEqualTo(Wire.PUBCOMP);
        assertThat(complete.packetId()).isEqualTo(99);
        assertThat(complete.code()).isEqualTo(version.is5() ? 0x92 : 0);
    }

    @Test
    @Conforms(mqtt5 = "4.3.3-9")
    void aRefusedIdIsNewAgain() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        device.subscribe(topic, 2);
        device.send(Wire.publish(Version.V5, 4, "denied/x", 3, "x"));
        assertThat(device.next(Wire.PUBREC).code()).isEqualTo(0x87);

        device.send(Wire.publish(Version.V5, 4, topic, 3, "allowed")).assertAnswered(Wire.PUBREC, 3);

        assertThat(device.message().payload()).isEqualTo("allowed");
    }

    @Test
    @Conforms(mqtt5 = {"3.4.2-1", "3.5.2-1", "3.6.2-1", "3.7.2-1"})
    void acknowledgementsHaveTheirOwnCodes() throws IOException {
        for (int type : new int[] {Wire.PUBACK, Wire.PUBREC, Wire.PUBREL, Wire.PUBCOMP}) {
            for (int code : new int[] {0x01, 0x11, 0x8E, 0xFF}) {
                connect(Version.V5)
                        .send(Wire.packet(type, Wire.u16(1), Wire.u8(code)))
                        .assertRefused(0x82);
            }
        }
    }

    // ---- the server as sender -------------------------------------------------------------------------------------

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.1-1", "4.3.2-2", "4.3.2-3", "4.3.3-2", "4.3.3-3", "4.3.3-4", "4.3.3-5", "4.3.3-6", "4.4.0-1"},
            mqtt3 = {"3.3.1-1", "4.3.2-1", "4.3.3-1", "4.4.0-1", "4.6.0-1"})
    void whatIsUnacknowledgedIsSentAgainOnReconnectAlone(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 2);
        device.publish(topic, "one", 1).publish(topic, "two", 2).publish(topic, "three", 2);
        Received.Message one = device.unacknowledged();
        Received.Message two = device.unacknowledged();
        Received.Message three = device.unacknowledged();
        assertThat(List.of(one.dup(), two.dup(), three.dup())).containsOnly(false);
        device.send(Wire.answer(Wire.PUBREC, two.packetId())).assertAnswered(Wire.PUBREL, two.packetId());
        device.assertQuiet();
        device.breakOff();

        Device again = connect(version, id, Connect::persistent);
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Received packet = again.next();
            if (packet.type() == Wire.PUBLISH) {
                Received.Message message = packet.message();
                assertThat(message.dup()).isTrue();
                got.add(message.payload() + message.packetId());
            } else {
                assertThat(packet.type()).isEqualTo(Wire.PUBREL & 0xF0);
                got.add("release" + packet.packetId());
            }
        }
        assertThat(got)
                .containsExactlyInAnyOrder(
                        "one" + one.packetId(), "release" + two.packetId(), "three" + three.packetId());
        assertThat(got.indexOf("one" + one.packetId())).isLessThan(got.indexOf("three" + three.packetId()));
        again.assertQuiet();
        again.send(
                Wire.answer(Wire.PUBACK, one.packetId()),
                Wire.answer(Wire.PUBCOMP, two.packetId()),
                Wire.answer(Wire.PUBREC, three.packetId()));
        again.assertAnswered(Wire.PUBREL, three.packetId());
        again.send(Wire.answer(Wire.PUBCOMP, three.packetId())).settled();
        again.disconnect();

        connect(version, id, Connect::persistent).assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = "4.4.0-2")
    void whatTheClientRefusedIsNotSentAgain() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.subscribe(topic, 2);
        device.publish(topic, "one", 1).publish(topic, "two", 2);
        int one = device.unacknowledged().packetId();
        int two = device.unacknowledged().packetId();

        device.send(
                Wire.packet(Wire.PUBACK, Wire.u16(one), Wire.u8(0x80)),
                Wire.packet(Wire.PUBREC, Wire.u16(two), Wire.u8(0x97)));
        device.assertQuiet();
        device.breakOff();

        connect(Version.V5, id, Connect::persistent).assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"4.3.3-7", "4.3.3-13"})
    void anExchangeThatHasBegunDoesNotExpire() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.subscribe(topic, 2);
        Device publisher = connect(Version.V5);
        byte[] expiry = Property.ofInt(Property.MESSAGE_EXPIRY, 5);
        publisher.send(Wire.publish5(4, topic, 1, "released", expiry), Wire.publish5(4, topic, 2, "sent", expiry));
        int released = device.unacknowledged().packetId();
        int sent = device.unacknowledged().packetId();
        device.send(Wire.answer(Wire.PUBREC, released)).assertAnswered(Wire.PUBREL, released);
        publisher.close();
        device.breakOff();
        server().clock().putForward(Duration.ofSeconds(60));

        Device again = connect(Version.V5, id, Connect::persistent);
        again.assertAnswered(Wire.PUBREL, released);
        Received.Message message = again.unacknowledged();
        assertThat(message.packetId()).isEqualTo(sent);
        again.send(Wire.answer(Wire.PUBCOMP, released), Wire.answer(Wire.PUBREC, sent));
        again.assertAnswered(Wire.PUBREL, sent);
    }

    // ---- order ----------------------------------------------------------------------------------------------------

    @EachVersion
    @Conforms(
            mqtt5 = {"4.6.0-5", "4.6.0-6"},
            mqtt3 = {"4.6.0-5", "4.6.0-6"})
    void messagesOfATopicComeInTheirOrder(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 2);
        Device publisher = connect(version);
        List<List<String>> expected = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < 60; i++) {
            publisher.publish(topic, "m" + i, i % 3);
            expected.get(i % 3).add("m" + i);
        }
        List<List<String>> got = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        while (got.get(1).size() < 20 || got.get(2).size() < 20) {
            Received.Message message = device.message();
            got.get(message.qos()).add(message.payload());
        }
        assertThat(got.get(1)).isEqualTo(expected.get(1));
        assertThat(got.get(2)).isEqualTo(expected.get(2));
        assertThat(expected.get(0)).containsSubsequence(got.get(0));
    }

    @EachVersion
    @Conforms(mqtt3 = "4.6.0-4")
    void pubRelsComeInTheOrderOfThePubRecs(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        device.subscribe(topic, 2);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            device.publish(topic, "m" + i, 2);
            ids.add(0, device.unacknowledged().packetId());
        }
        for (int packetId : ids) {
            device.send(Wire.answer(Wire.PUBREC, packetId));
        }
        for (int packetId : ids) {
            device.assertAnswered(Wire.PUBREL, packetId);
        }
    }

    @EachVersion
    @Conforms(mqtt3 = {"4.6.0-1", "4.6.0-6"})
    void whatIsSentAgainComesInItsOldOrder(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 1);
        for (int i = 0; i < 6; i++) {
            device.publish(topic, "m" + i, 1);
        }
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ids.add(device.unacknowledged().packetId());
        }
        // Acknowledged in between: the others stay in their order.
        device.send(Wire.answer(Wire.PUBACK, ids.get(2))).settled();
        device.breakOff();

        Device again = connect(version, id, Connect::persistent);

        assertThat(again.payloads(5)).containsExactly("m0", "m1", "m3", "m4", "m5");
    }
}
