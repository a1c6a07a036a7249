package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The properties of MQTT 5, from the publisher through Kafka to the subscriber (section 3.3.2.3). */
@ExtendWith(SluiceExtension.class)
final class MessagePropertiesIT {

    @Test
    void travelFromOneLibraryClientToAnother(RunningSluice sluice) throws InterruptedException {
        String topic = sluice.topic();
        Mqtt5BlockingClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(sluice.unique("h"))
                .serverHost("127.0.0.1")
                .serverPort(sluice.tcpPort())
                .buildBlocking();
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();

            client.publishWith()
                    .topic(topic)
                    .qos(MqttQos.EXACTLY_ONCE)
                    .payload("21.5".getBytes(UTF_8))
                    .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8)
                    .contentType("text/plain")
                    .responseTopic("answers/here")
                    .correlationData(new byte[] {0, -1, 42})
                    .messageExpiryInterval(1_000)
                    .userProperties()
                    .add("b", "1")
                    .add("a", "2")
                    .add("b", "3")
                    .add("", "")
                    .applyUserProperties()
                    .send();

            Mqtt5Publish message = received.receive(30, TimeUnit.SECONDS).orElseThrow();
            assertThat(message.getPayloadAsBytes()).isEqualTo("21.5".getBytes(UTF_8));
            assertThat(message.getPayloadFormatIndicator()).contains(Mqtt5PayloadFormatIndicator.UTF_8);
            assertThat(message.getContentType().map(Object::toString)).contains("text/plain");
            assertThat(message.getResponseTopic().map(Object::toString)).contains("answers/here");
            assertThat(message.getCorrelationData().map(data -> List.of(data.get(0), data.get(1), data.get(2))))
                    .contains(List.of((byte) 0, (byte) -1, (byte) 42));
            assertThat(message.getMessageExpiryInterval().orElse(0)).isBetween(990L, 1_000L);
            assertThat(message.getUserProperties().asList())
                    .isEqualTo(List.of(
                            Mqtt5UserProperty.of("b", "1"),
                            Mqtt5UserProperty.of("a", "2"),
                            Mqtt5UserProperty.of("b", "3"),
                            Mqtt5UserProperty.of("", "")));
        } finally {
            client.disconnect();
        }
    }

    @Test
    void areLeftOutForThoseWhoDoNotKnowThem(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient old = sluice.connect(MQTT_3_1_1);
                RawClient publisher = sluice.connect(MQTT_5)) {
            old.subscribe(topic, 1);

            publisher.publish(topic, "21.5", 1, false, Property.contentType("text/plain"), Property.messageExpiry(9));

            assertThat(old.message().payload()).isEqualTo("21.5");
        }
    }

    @Test
    void absentOnesStayAbsent(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1);

            client.publish(topic, "21.5");

            ReceivedProperties properties = client.message().properties();
            assertThat(properties.isEmpty()).isTrue();
        }
    }

    @Test
    void expiryCountsDownWhileAMessageWaits(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.publish(topic, "21.5", 1, true, Property.messageExpiry(100));

            // Subscribes anew until a second has passed.
            Awaitility.await().pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
                client.subscribe(topic, 1);
                assertThat(client.message().properties().number(Property.MESSAGE_EXPIRY))
                        .isLessThan(100);
            });
        }
    }

    @Test
    void whatHasExpiredWhileTheSubscriberWasAwayIsNotDelivered(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        String clientId = sluice.unique("s");
        try (RawClient publisher = sluice.connect(MQTT_5);
                RawClient witness = sluice.connect(MQTT_5)) {
            RawClient subscriber = sluice.connect(MQTT_5, clientId, Connect::persistent);
            subscriber.subscribe(topic, 1);
            subscriber.disconnect();
            publisher.publish(topic, "short", 1, false, Property.messageExpiry(1));
            publisher.publish(topic + "/clock", "ticks", 1, true, Property.messageExpiry(1));
            Awaitility.await().untilAsserted(() -> {
                witness.subscribe(topic + "/clock", 1);
                witness.publish(topic + "/clock", "now");
                assertThat(witness.payloadsUntil("now")).isEmpty();
            });
            publisher.publish(topic, "end");

            RawClient back = sluice.connect(MQTT_5, clientId, Connect::persistent);

            assertThat(back.payloadsUntil("end")).isEmpty();
            back.close();
        }
    }

    @Test
    void aSubscriptionIdentifierComesWithItsMessages(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 1, Property.subscriptionIdentifier(268_435_455));

            client.publish(topic, "21.5");

            assertThat(client.message().properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                    .containsExactly(268_435_455L);
        }
    }

    @Test
    void overlappingSubscriptionsGiveOneMessageWithAllIdentifiersAndTheHighestQos(RunningSluice sluice)
            throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic + "/#", 0, Property.subscriptionIdentifier(1));
            client.subscribe(topic + "/+", 2, Property.subscriptionIdentifier(2));
            client.subscribe(topic + "/temp", 1);

            client.publish(topic + "/temp", "21.5", 2, false);
            client.publish(topic + "/temp", "end", 2, false);

            ReceivedMessage message = client.message();
            assertThat(message.qos()).isEqualTo(2);
            assertThat(message.properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                    .containsExactlyInAnyOrder(1L, 2L);
            assertThat(client.message().payload()).isEqualTo("end");
        }
    }

    @Test
    void subscribingAgainReplacesIdentifierAndQos(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 2, Property.subscriptionIdentifier(1));

            client.subscribe(topic, 0, Property.subscriptionIdentifier(2));
            client.publish(topic, "21.5", 2, false);

            ReceivedMessage message = client.message();
            assertThat(message.qos()).isZero();
            assertThat(message.properties().all(Property.SUBSCRIPTION_IDENTIFIER))
                    .containsExactly(2L);
        }
    }

    @Test
    void userPropertiesKeepTheirOrderAndRepetitions(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient client = sluice.connect(MQTT_5)) {
            client.subscribe(topic, 0);

            client.publish(
                    topic,
                    "21.5",
                    1,
                    false,
                    Property.userProperty("x", "1"),
                    Property.userProperty("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                    Property.userProperty("x", "1"),
                    Property.userProperty("é", "ü"));

            assertThat(client.message().properties().all(Property.USER_PROPERTY))
                    .isEqualTo(List.of(
                            Map.entry("x", "1"),
                            Map.entry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                            Map.entry("x", "1"),
                            Map.entry("é", "ü")));
        }
    }
}
