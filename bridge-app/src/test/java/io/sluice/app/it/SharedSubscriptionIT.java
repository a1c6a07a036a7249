package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.spec.Conforms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared subscriptions (MQTT 5, section 4.8.2). */
@ExtendWith(SluiceExtension.class)
final class SharedSubscriptionIT {

    private static final int PROTOCOL_ERROR = 0x82;
    private static final int TOPIC_FILTER_INVALID = 0x8F;
    private static final int CLIENT_IDENTIFIER_NOT_VALID = 0x85;
    private static final int NO_LOCAL = 4;
    private static final int COUNT = 40;

    /** Takes what comes until it has this payload, without an answer for anything. */
    private static Set<String> held(RawClient client, int count) throws IOException {
        Set<String> payloads = new HashSet<>();
        while (payloads.size() < count) {
            payloads.add(client.unacknowledged().payload());
        }
        return payloads;
    }

    @ParameterizedTest
    @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
    void eachMessageGoesToOneMember(Protocol protocol, RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/each/" + topic + "/#";
        List<String> received = new ArrayList<>();
        try (RawClient one = sluice.connect(protocol);
                RawClient two = sluice.connect(protocol)) {
            one.subscribe(filter, 1);
            two.subscribe(filter, 1);
            // Of publishers that go to the one and to the other.
            for (int i = 0; i < COUNT; i++) {
                try (RawClient publisher = sluice.connect(protocol)) {
                    publisher.publish(topic + "/" + i, Integer.toString(i));
                }
            }
            one.publish(topic, "own message, for one of the two");

            one.settled();
            two.settled();
            while (received.size() < COUNT + 1) {
                RawClient next = one.hasKept(Wire.PUBLISH) ? one : two.hasKept(Wire.PUBLISH) ? two : null;
                if (next == null) {
                    one.settled();
                    two.settled();
                } else {
                    received.add(next.message().payload());
                }
            }
        }

        assertThat(received).doesNotHaveDuplicates();
    }

    @Test
    void whoOwnsASubscriptionTooGetsBothCopies(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe("$share/g/" + topic, 1, Property.subscriptionIdentifier(7));
            client.subscribe(topic, 1);
            client.publish(topic, "x");

            assertThat(List.of(client.message().payload(), client.message().payload()))
                    .containsOnly("x");
        }
    }

    @Test
    void whatAMemberHasNotAcknowledgedGoesToAnother(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        try (RawClient other = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            RawClient first = sluice.connect(MQTT_5);
            first.subscribe(filter, 1);
            for (int i = 0; i < 5; i++) {
                publisher.publish(topic, Integer.toString(i));
            }
            Set<String> seen = held(first, 5);
            other.subscribe(filter, 1);
            first.breakOff();

            List<ReceivedMessage> again = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                again.add(other.message());
            }

            assertThat(seen).hasSize(5);
            assertThat(again).extracting(ReceivedMessage::payload).containsExactly("0", "1", "2", "3", "4");
            // To this client they are new.
            assertThat(again).extracting(ReceivedMessage::dup).containsOnly(false);
        }
    }

    @Test
    @Conforms(mqtt5 = "4.8.2-4")
    void atQos2WhatAClientHasGotStaysWithIt(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        String clientId = sluice.unique("sharer");
        try (RawClient other = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            RawClient first = sluice.connect(MQTT_5, clientId, Connect::persistent);
            first.subscribe(filter, 2);
            publisher.publish(topic, "kept", 2, false);
            ReceivedMessage sent = first.unacknowledged();
            other.subscribe(filter, 2);
            first.breakOff();
            publisher.publish(topic, "next", 2, false);

            // [MQTT-4.8.2-5]
            assertThat(other.message().payload()).isEqualTo("next");
            try (RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent)) {
                ReceivedMessage again = back.message();
                // [MQTT-4.8.2-4]
                assertThat(again.payload()).isEqualTo("kept");
                assertThat(again.packetId()).isEqualTo(sent.packetId());
                assertThat(again.dup()).isTrue();
            }
        }
    }

    @Test
    @Conforms(mqtt5 = "4.8.2-5")
    void atQos2WhatAClientHasGotEndsWithItsSession(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        try (RawClient other = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            RawClient first = sluice.connect(MQTT_5);
            first.subscribe(filter, 2);
            publisher.publish(topic, "gone", 2, false);
            first.unacknowledged();
            other.subscribe(filter, 2);
            first.breakOff();
            publisher.publish(topic, "next", 2, false);

            // [MQTT-4.8.2-5]
            assertThat(other.message().payload()).isEqualTo("next");
        }
    }

    @Test
    @Conforms(mqtt5 = "4.8.2-6")
    void aNegativeAnswerEndsAMessage(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        try (RawClient other = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            RawClient first = sluice.connect(MQTT_5);
            first.subscribe(filter, 1);
            publisher.publish(topic, "refused");
            int packetId = first.unacknowledged().packetId();
            // [MQTT-4.8.2-6]
            first.send(Wire.packet(Wire.PUBACK, Wire.u16(packetId), Wire.u8(0x97)));
            first.settled();
            other.subscribe(filter, 1);
            first.breakOff();
            publisher.publish(topic, "next");

            assertThat(other.message().payload()).isEqualTo("next");
        }
    }

    @Test
    @Conforms(mqtt5 = "4.8.2-3")
    void eachMemberHasTheQosThatItWasGranted(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            // [MQTT-4.8.2-3]
            for (int qos = 0; qos <= 2; qos++) {
                String filter = "$share/g" + qos + "/" + topic + "/" + qos;
                assertThat(client.subscribe(filter, qos)).isEqualTo(qos);
                client.publish(topic + "/" + qos, "x", 2, false);
                assertThat(client.message().qos()).isEqualTo(qos);
            }
        }
    }

    @Test
    void retainedMessagesAreNotSentAtSubscribe(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "retained", 1, true);
            client.subscribe("$share/g/" + topic, 1);
            client.publish(topic, "live");

            assertThat(client.message().payload()).isEqualTo("live");
        }
    }

    @Test
    @Conforms(mqtt5 = "3.8.3-4")
    void noLocalOnASharedSubscriptionIsAProtocolError(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.send(Wire.subscribe(MQTT_5, 1, "$share/g/" + sluice.topic(), 1 | NO_LOCAL));

            // [MQTT-3.8.3-4]
            client.assertDisconnected(PROTOCOL_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share/g", "$share//x", "$share/g/", "$share/g+/x", "$share/#/x", "$share/g/x/#/y"})
    @Conforms(mqtt5 = {"4.8.2-1", "4.8.2-2"})
    void aFilterThatIsNoneIsRefused(String filter, RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.connect(MQTT_5)) {
            // [MQTT-4.8.2-1], [MQTT-4.8.2-2]
            assertThat(client.subscribe(filter, 1)).isEqualTo(TOPIC_FILTER_INVALID);
        }
    }

    @Test
    void noClientHasTheNameOfAGroup(RunningSluice sluice) throws IOException {
        try (RawClient client = sluice.open()) {
            client.speaks(MQTT_5).send(new Connect(MQTT_5, "$share/g/x").bytes());

            assertThat(client.next(Wire.CONNACK).reasonCode()).isEqualTo(CLIENT_IDENTIFIER_NOT_VALID);
        }
    }

    @Test
    void aGroupThatOutlivesItsMembersKeepsItsPlace(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        String clientId = sluice.unique("sharer");
        RawClient before = sluice.connect(MQTT_3_1_1, clientId, Connect::persistent);
        before.subscribe(filter, 1);
        before.disconnect();
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            publisher.publish(topic, "while away").publish(topic, "end");
        }

        try (RawClient back = sluice.connect(MQTT_3_1_1, clientId, Connect::persistent)) {
            assertThat(back.connAck().isSessionPresent()).isTrue();
            assertThat(back.payloadsUntil("end")).containsExactly("while away");
        }
    }

    @Test
    void aGroupEndsWithTheLastSessionThatHasSubscribed(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        String clientId = sluice.unique("sharer");
        RawClient before = sluice.connect(MQTT_5, clientId, Connect::persistent);
        before.subscribe(filter, 1);
        before.disconnect();
        try (RawClient publisher = sluice.connect(MQTT_5)) {
            publisher.publish(topic, "for nobody");
            // Clean Start: the session that had subscribed is no more.
            try (RawClient anew = sluice.connect(MQTT_5, clientId, connect -> {})) {
                anew.subscribe(filter, 1);
                publisher.publish(topic, "new");

                assertThat(anew.message().payload()).isEqualTo("new");
            }
        }
    }

    @Test
    void whoUnsubscribesLeavesTheRestToTheOthers(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String filter = "$share/g/" + topic;
        try (RawClient one = sluice.connect(MQTT_5);
                RawClient two = sluice.connect(MQTT_5);
                RawClient publisher = sluice.connect(MQTT_5)) {
            one.subscribe(filter, 1);
            two.subscribe(filter, 1);
            one.unsubscribe(filter);
            for (int i = 0; i < 5; i++) {
                publisher.publish(topic, Integer.toString(i));
            }

            for (int i = 0; i < 5; i++) {
                assertThat(two.message().payload()).isEqualTo(Integer.toString(i));
            }
            assertThat(one.settled().hasKept(Wire.PUBLISH)).isFalse();
        }
    }
}
