package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Receive Maximum, both ways (sections 3.3.4 and 4.9). */
final class FlowControlSpecTest extends SpecTest {

    @Test
    @Conforms(mqtt5 = {"3.3.4-9", "3.3.4-10", "4.9.0-1", "4.9.0-2", "4.9.0-3"})
    void theServerKeepsToTheClientsReceiveMaximum() throws IOException {
        for (int maximum : new int[] {1, 2}) {
            String topic = topic();
            String id = SpecServer.unique("c");
            Device device = connect(Version.V5, id, connect -> connect.persistent()
                    .with(Property.ofShort(Property.RECEIVE_MAXIMUM, maximum)));
            device.subscribe(topic, 2);
            Device publisher = connect(Version.V5);
            for (int i = 0; i < 4; i++) {
                publisher.publish(topic, "m" + i, 2);
            }
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < maximum; i++) {
                ids.add(device.unacknowledged().packetId());
            }
            device.assertQuiet();
            // Everything else goes on: subscriptions, pings, the exchange itself, QoS 0.
            device.subscribe("other/" + topic, 1);
            publisher.publish("other/" + topic, "qos 0", 0);
            assertThat(device.unacknowledged().payload()).isEqualTo("qos 0");
            device.send(Wire.answer(Wire.PUBREC, ids.get(0))).assertAnswered(Wire.PUBREL, ids.get(0));
            device.assertQuiet();
            device.breakOff();

            // The quota is that of the new connection, and what is in flight counts.
            Device again = connect(Version.V5, id, connect -> connect.persistent()
                    .with(Property.ofShort(Property.RECEIVE_MAXIMUM, maximum)));
            again.assertAnswered(Wire.PUBREL, ids.get(0));
            for (int i = 1; i < maximum; i++) {
                assertThat(again.unacknowledged().packetId()).isEqualTo(ids.get(i));
            }
            again.assertQuiet();
            again.send(Wire.answer(Wire.PUBCOMP, ids.get(0)));
            assertThat(again.unacknowledged().payload()).isEqualTo("m" + maximum);
            again.assertQuiet();
        }
    }

    @Test
    @Conforms(mqtt5 = "3.3.4-7")
    void theClientKeepsToTheServersReceiveMaximum() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            device.send(Wire.publish(Version.V5, 4, topic, i, "x")).assertAnswered(Wire.PUBREC, i);
        }
        device.publish(topic, "qos 0 is not counted", 0).assertQuiet();

        device.send(Wire.publish(Version.V5, 4, topic, 100, "x")).assertRefused(0x93);
    }

    /** A client whose earlier connection has left a message with this packet id unreleased. */
    private Device backWithoutPubRel(String topic, int packetId) throws IOException {
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.send(Wire.publish(Version.V5, 4, topic, packetId, "x")).assertAnswered(Wire.PUBREC, packetId);
        device.breakOff();
        return connect(Version.V5, id, Connect::persistent);
    }

    /** Each PUBCOMP gives the client one more, whatever it is about, and never more than it had (section 4.9). */
    @Test
    @Conforms(mqtt5 = "3.3.4-7")
    void whatAnEarlierConnectionBeganGivesTheClientRoomWhenItIsFinished() throws IOException {
        String topic = topic();
        Device again = backWithoutPubRel(topic, 50);
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            again.send(Wire.publish(Version.V5, 4, topic, i, "x")).assertAnswered(Wire.PUBREC, i);
        }
        again.send(Wire.answer(Wire.PUBREL, 50)).assertAnswered(Wire.PUBCOMP, 50);

        again.send(Wire.publish(Version.V5, 4, topic, 51, "x")).assertAnswered(Wire.PUBREC, 51);
        again.send(Wire.publish(Version.V5, 4, topic, 52, "x")).assertRefused(0x93);
    }

    /** The server has answered before the client has read it, and sent what it may until then. */
    @Test
    @Conforms(mqtt5 = "3.3.4-7")
    void roomThatTheClientLearnsOfLateIsRoom() throws IOException {
        String topic = topic();
        Device again = backWithoutPubRel(topic, 50);
        again.send(Wire.answer(Wire.PUBREL, 50));
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            again.send(Wire.publish(Version.V5, 4, topic, i, "x"));
        }
        again.assertAnswered(Wire.PUBCOMP, 50);
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            again.assertAnswered(Wire.PUBREC, i);
        }

        again.send(Wire.publish(Version.V5, 4, topic, 51, "x")).assertAnswered(Wire.PUBREC, 51);
        again.send(Wire.publish(Version.V5, 4, topic, 52, "x")).assertRefused(0x93);
    }

    @Test
    @Conforms(mqtt5 = "3.3.4-7")
    void aClientThatStaysWithinItIsNotPunishedForASlowLog() throws IOException {
        String topic = topic();
        Device device = connect(Version.V5);
        server().log().hold();
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            device.send(Wire.publish(Version.V5, 2, topic, i, "x"));
        }
        device.assertQuiet();
        server().log().letGo();
        for (int i = 1; i <= SpecServer.RECEIVE_MAXIMUM; i++) {
            Received answer = device.next();
            assertThat(answer.type()).isEqualTo(Wire.PUBACK);
            // In the order of the PUBLISHes.
            assertThat(answer.packetId()).isEqualTo(i);
        }
    }
}
