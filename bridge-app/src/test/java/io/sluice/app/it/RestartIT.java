package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice.Stop;
import io.sluice.mqtt.spec.Conforms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the standard calls the session's state, and the retained messages, survive the process. */
@Timeout(120)
final class RestartIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path kafkaFolder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private static ChildSluice sluice;

    private static int unique;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(kafkaFolder, 0));
        kafka.start();
        sluice = new ChildSluice(folder, kafka.bootstrapServers());
        sluice.start();
    }

    @AfterAll
    static void stop() throws Exception {
        sluice.close();
        kafka.close();
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Stop stop : Stop.values()) {
            cases.add(Arguments.of(stop, Protocol.MQTT_3_1_1));
            cases.add(Arguments.of(stop, Protocol.MQTT_5));
        }
        return cases;
    }

    private static String unique(String name) {
        unique++;
        return name + "-" + unique;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everythingOfASessionIsThereAgain(Stop stop, Protocol protocol) throws Exception {
        String clientId = unique("all");
        String topic = unique("restart") + "/x";
        Connect again = new Connect(protocol, clientId).persistent();
        List<ReceivedMessage> sent = new ArrayList<>();
        try (RawClient client = sluice.open();
                RawClient publisher = sluice.open()) {
            client.connect(again);
            assertThat(client.subscribe(topic, 2)).isEqualTo(2);
            publisher.connect(new Connect(protocol, unique("publisher")));
            publisher
                    .publish(topic, "kept", 1, true)
                    .publish(topic, "one", 1, false)
                    .publish(topic, "two", 2, false);
            for (int i = 0; i < 3; i++) {
                sent.add(client.unacknowledged());
            }
            // PUBREC for the last: from now on only its PUBREL comes again.
            client.send(Wire.answer(Wire.PUBREC, sent.get(2).packetId()));
            client.assertAnswered(Wire.PUBREL, sent.get(2).packetId());
            // Received and not released by this client.
            client.send(client.publication(topic + "/in", "once", 2, false, 77));
            client.assertAnswered(Wire.PUBREC, 77);
            // Cursors and window are written behind.
            await().atMost(PATIENCE)
                    .until(() -> SessionRecordsInKafka.hasInFlight(
                            kafka.bootstrapServers(), clientId, sent.get(1).packetId()));

            sluice.restart(stop);
        }

        try (RawClient client = sluice.open();
                RawClient publisher = sluice.open()) {
            client.connect(again);
            assertThat(client.connAck().isSessionPresent()).isTrue();
            for (int i = 0; i < 2; i++) {
                ReceivedMessage resent = client.message();
                assertThat(resent.payload()).isEqualTo(sent.get(i).payload());
                assertThat(resent.packetId()).isEqualTo(sent.get(i).packetId());
                assertThat(resent.dup()).isTrue();
            }
            client.assertAnswered(Wire.PUBREL, sent.get(2).packetId());
            client.send(Wire.answer(Wire.PUBCOMP, sent.get(2).packetId()));
            // Said again, as its PUBREC may have been lost: no second message.
            byte[] repeated = client.publication(topic + "/in", "once", 2, false, 77);
            repeated[0] |= 0x08;
            client.send(repeated);
            client.assertAnswered(Wire.PUBREC, 77);
            client.send(Wire.answer(Wire.PUBREL, 77));
            client.assertAnswered(Wire.PUBCOMP, 77);
            client.send(client.publication(topic + "/in", "another", 2, false, 77));
            client.assertAnswered(Wire.PUBREC, 77);
            publisher.connect(new Connect(protocol, unique("publisher")));
            publisher.publish(topic, "three");
            assertThat(client.message().payload()).isEqualTo("three");
            assertThat(client.subscribe(topic, 1)).isEqualTo(1);
            ReceivedMessage retained = client.message();
            assertThat(retained.payload()).isEqualTo("kept");
            assertThat(retained.retain()).isTrue();
            client.settled();
        }
        String kafkaTopic = "mqtt." + topic.substring(0, topic.indexOf('/'));
        assertThat(values(kafkaTopic)).containsExactlyInAnyOrder("kept", "one", "two", "once", "another", "three");
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Conforms(mqtt5 = "3.1.2-23", mqtt3 = "3.1.2-5")
    void whatWasMissedComesAfterwards(Stop stop, Protocol protocol) throws Exception {
        String clientId = unique("missed");
        String topic = unique("restart") + "/x";
        Connect again = new Connect(protocol, clientId).persistent();
        try (RawClient client = sluice.open();
                RawClient publisher = sluice.open()) {
            client.connect(again);
            client.subscribe(topic, 1);
            client.disconnect();
            publisher.connect(new Connect(protocol, unique("publisher")));
            publisher.publish(topic, "1").publish(topic, "2");

            sluice.restart(stop);
        }
        try (RawClient client = sluice.open();
                RawClient publisher = sluice.open()) {
            publisher.connect(new Connect(protocol, unique("publisher")));
            publisher.publish(topic, "3");
            client.connect(again);
            assertThat(client.connAck().isSessionPresent()).isTrue();
            assertThat(client.payloadsUntil("3")).containsExactly("1", "2");
            client.unsubscribe(topic);
            client.disconnect();
        }
        sluice.restart(stop);
        try (RawClient client = sluice.open();
                RawClient publisher = sluice.open()) {
            client.connect(again);
            publisher.connect(new Connect(protocol, unique("publisher")));
            publisher.publish(topic, "4");
            client.subscribe(topic + "/end", 1);
            publisher.publish(topic + "/end", "end");
            assertThat(client.payloadsUntil("end"))
                    .as("of a topic that it has unsubscribed from")
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"MQTT_3_1_1", "MQTT_5"})
    @Conforms(mqtt5 = "3.1.2-7", mqtt3 = "3.1.2-8")
    void theWillOfAClientThatDiedWithTheServerIsPublished(Protocol protocol) throws Exception {
        String topic = unique("wills") + "/x";
        try (RawClient client = sluice.open()) {
            client.connect(new Connect(protocol, unique("dying")).will(topic, "gone", 1, true));
            client.settled();

            sluice.restart(Stop.KILL);
        }
        try (RawClient watcher = sluice.open()) {
            watcher.connect(new Connect(protocol, unique("watcher")));
            watcher.subscribe(topic, 1);
            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
        assertThat(values("mqtt." + topic.substring(0, topic.indexOf('/')))).containsExactly("gone");
    }

    private static List<String> values(String kafkaTopic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafkaTopic).stream()
                    .map(info -> new TopicPartition(kafkaTopic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
