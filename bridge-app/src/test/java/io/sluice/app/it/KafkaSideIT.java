package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** MQTT messages as Kafka programs see them, and the records of Kafka programs as MQTT clients do. */
@ExtendWith(SluiceExtension.class)
final class KafkaSideIT {

    @Test
    void aPublicationIsARecordWithKeyHeadersAndValue(RunningSluice sluice) throws IOException {
        String tenant = sluice.unique("acme");
        String clientId = sluice.unique("dev");
        try (RawClient publisher = sluice.connect(MQTT_5, clientId, connect -> {})) {

            publisher.publish(
                    "telemetry/" + tenant + "/dev1/temp",
                    "21.5",
                    1,
                    false,
                    Property.contentType("text/plain"),
                    Property.responseTopic("answers/here"),
                    Property.userProperty("unit", "C"));

            List<ConsumerRecord<String, byte[]>> records =
                    new KafkaPrograms(sluice).records("telemetry." + tenant, row -> true);
            assertThat(records).singleElement().satisfies(row -> {
                assertThat(row.key()).isEqualTo("dev1");
                assertThat(row.value()).isEqualTo("21.5".getBytes(UTF_8));
                assertThat(KafkaPrograms.headers(row))
                        .containsExactlyInAnyOrder(
                                "mqtt.topic=telemetry/" + tenant + "/dev1/temp",
                                "mqtt.qos=1",
                                "mqtt.retain=false",
                                "mqtt.client-id=" + clientId,
                                "mqtt.content-type=text/plain",
                                "content-type=text/plain",
                                "mqtt.response-topic=answers/here",
                                "mqtt.user.unit=C");
            });
        }
    }

    @Test
    void withoutAKeyOfTheRuleTheKeyIsTheMqttTopic(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient publisher = sluice.connect(MQTT_3_1_1)) {

            publisher.publish(topic, "", 2, false);

            assertThat(new KafkaPrograms(sluice).records(RunningSluice.KAFKA_TOPIC, row -> topic.equals(row.key())))
                    .singleElement()
                    .satisfies(row -> assertThat(row.value()).isEmpty());
        }
    }

    @Test
    void aRepeatedQos2PublishIsOneRecord(RunningSluice sluice) throws IOException {
        String topic = sluice.topic();
        try (RawClient publisher = sluice.connect(MQTT_5)) {

            for (int i = 0; i < 5; i++) {
                publisher.send(Wire.publish(MQTT_5, i == 0 ? 0x04 : 0x0C, topic, 9, "once"));
                publisher.assertAnswered(Wire.PUBREC, 9);
            }

            assertThat(new KafkaPrograms(sluice).records(RunningSluice.KAFKA_TOPIC, row -> topic.equals(row.key())))
                    .hasSize(1);
        }
    }

    @Test
    void aRecordOnAnEgressTopicReachesWildcardSubscribers(RunningSluice sluice) throws Exception {
        String tenant = sluice.unique("acme");
        KafkaPrograms kafka = new KafkaPrograms(sluice);
        kafka.createTopic("commands." + tenant, 2);
        try (RawClient device = sluice.connect(MQTT_3_1_1);
                RawClient all = sluice.connect(MQTT_5)) {
            device.subscribe("commands/" + tenant + "/dev1", 1);
            all.subscribe("commands/+/#", 2);

            kafka.produce("commands." + tenant, "dev1", "restart");

            ReceivedMessage message = device.message();
            assertThat(message.topic()).isEqualTo("commands/" + tenant + "/dev1");
            assertThat(message.payload()).isEqualTo("restart");
            assertThat(message.qos()).isEqualTo(1);
            assertThat(message.retain()).isFalse();
            ReceivedMessage same = all.message();
            assertThat(same.topic()).isEqualTo("commands/" + tenant + "/dev1");
            assertThat(same.payload()).isEqualTo("restart");
        }
    }

    @Test
    void aRecordWithoutHeadersOnAnIngressTopicReachesWildcardSubscribers(RunningSluice sluice) throws Exception {
        String site = sluice.unique("north");
        KafkaPrograms kafka = new KafkaPrograms(sluice);
        kafka.createTopic("readings." + site, 1);
        try (RawClient subscriber = sluice.connect(MQTT_5)) {
            subscriber.subscribe("readings/" + site + "/+/temp", 1);

            kafka.produce("readings." + site, "readings/" + site + "/cellar/temp", "8.5");

            ReceivedMessage message = subscriber.message();
            assertThat(message.topic()).isEqualTo("readings/" + site + "/cellar/temp");
            assertThat(message.payload()).isEqualTo("8.5");
        }
    }

    @Test
    void aTopicThatAppearsLaterIsDeliveredFromItsFirstRecord(RunningSluice sluice) throws Exception {
        String tenant = sluice.unique("late");
        KafkaPrograms kafka = new KafkaPrograms(sluice);
        try (RawClient subscriber = sluice.connect(MQTT_5)) {
            subscriber.subscribe("commands/" + tenant + "/+", 1);

            kafka.createTopic("commands." + tenant, 1);
            kafka.produce("commands." + tenant, "dev1", "1", "2", "3", "end");

            assertThat(subscriber.payloadsUntil("end")).containsExactly("1", "2", "3");
        }
    }

    @Test
    void abortedTransactionsAreNotDelivered(RunningSluice sluice) throws Exception {
        String tenant = sluice.unique("tx");
        String topic = "commands." + tenant;
        KafkaPrograms kafka = new KafkaPrograms(sluice);
        kafka.createTopic(topic, 1);
        try (RawClient subscriber = sluice.connect(MQTT_5);
                KafkaProducer<String, String> producer =
                        kafka.producer(Map.of("transactional.id", sluice.unique("producer")))) {
            subscriber.subscribe("commands/" + tenant + "/+", 1);
            producer.initTransactions();

            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "dev1", "aborted")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "dev1", "committed")).get();
            producer.commitTransaction();
            kafka.produce(topic, "dev1", "end");

            assertThat(subscriber.payloadsUntil("end")).containsExactly("committed");
        }
    }

    @Test
    void onlyWhatSomebodySubscribesToIsRead(RunningSluice sluice) throws Exception {
        String tenant = sluice.unique("unread");
        new KafkaPrograms(sluice).createTopic("commands." + tenant, 3);
        try (RawClient subscriber = sluice.connect(MQTT_5)) {
            // The clients of other tests are gone, or going.
            awaitTailPartitions(sluice, 0);

            subscriber.subscribe("commands/" + tenant + "/dev1", 1);
            awaitTailPartitions(sluice, 3);

            subscriber.unsubscribe("commands/" + tenant + "/dev1");
            awaitTailPartitions(sluice, 0);
        }
    }

    private static void awaitTailPartitions(RunningSluice sluice, int count) {
        Awaitility.await().untilAsserted(() -> assertThat(sluice.metric("sluice.tail.partitions"))
                .isEqualTo(count));
    }
}
