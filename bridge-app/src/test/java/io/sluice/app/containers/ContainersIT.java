package io.sluice.app.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.Network;

/** What people run, with what they run it: {@code mvn -Pcontainers verify}. */
@Tag("containers")
@Timeout(600)
final class ContainersIT {

    private static final String TOPIC = "containers/acme/dev1";
    private static final String KAFKA_TOPIC = "mqtt.containers";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @BeforeAll
    static void needsAnEngineAndImages() {
        Optional<String> missing = Engine.missing();
        if (missing.isPresent()) {
            // Maven says that something was skipped, and not why.
            System.err.println("SKIPPED: ContainersIT: " + missing.get());
            abort(missing.get());
        }
    }

    @Test
    void aMessageGoesThroughBothContainersAndTheDrainEndsWell() throws Exception {
        try (Network network = Network.newNetwork();
                KafkaInContainer kafka = new KafkaInContainer(network)) {
            kafka.start();
            try (SluiceContainer sluice = new SluiceContainer(kafka.bootstrapServersInside())) {
                if (!Engine.isOnHostNetwork()) {
                    sluice.withNetwork(network);
                }
                sluice.start();

                Mqtt5Publish received = exchange(sluice);
                ConsumerRecord<String, String> row = onlyRecord(kafka.getBootstrapServers());

                assertThat(new String(received.getPayloadAsBytes(), UTF_8)).isEqualTo("21.5");
                assertThat(row.key()).isEqualTo(TOPIC);
                assertThat(row.value()).isEqualTo("21.5");
                assertThat(new String(row.headers().lastHeader("mqtt.client-id").value(), UTF_8))
                        .isEqualTo("dev1");
                assertThat(sluice.metrics())
                        .contains(
                                "sluice_kafka_up 1.0",
                                "sluice_ingress_acknowledged_total{qos=\"1\",rule=\"rest\"} 1.0");
                assertThat(sluice.terminate().getExitCodeLong())
                        .as(sluice.getLogs())
                        .isZero();
                assertThat(sluice.getLogs()).contains("Clients are sent away");
            }
        }
    }

    /** A subscriber gets what a device publishes; both leave. */
    private static Mqtt5Publish exchange(SluiceContainer sluice) throws InterruptedException {
        Mqtt5BlockingClient app = client(sluice, "app");
        Mqtt5BlockingClient device = client(sluice, "dev1");
        app.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = app.publishes(MqttGlobalPublishFilter.ALL)) {
            app.subscribeWith()
                    .topicFilter("containers/#")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            device.connect();
            device.publishWith()
                    .topic(TOPIC)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload("21.5".getBytes(UTF_8))
                    .send();
            return publishes
                    .receive(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow(() -> new AssertionError("the subscriber got nothing within " + PATIENCE));
        } finally {
            device.disconnect();
            app.disconnect();
        }
    }

    private static Mqtt5BlockingClient client(SluiceContainer sluice, String clientId) {
        return Mqtt5Client.builder()
                .identifier(clientId)
                .serverHost(sluice.getHost())
                .serverPort(sluice.mqttPort())
                .buildBlocking();
    }

    private static ConsumerRecord<String, String> onlyRecord(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(KAFKA_TOPIC).stream()
                    .map(info -> new TopicPartition(KAFKA_TOPIC, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < until) {
                var rows = consumer.poll(Duration.ofMillis(200));
                if (!rows.isEmpty()) {
                    assertThat(rows.count()).isEqualTo(1);
                    return rows.iterator().next();
                }
            }
        }
        throw new AssertionError("no record in " + KAFKA_TOPIC + " within " + PATIENCE);
    }
}
