package io.sluice.app.it;

import static io.sluice.app.it.KafkaRecords.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formats of payloads from a device to Kafka and back, with a registry that comes and goes. */
final class FormatsIT {

    private static final String READING = """
            {"type": "record", "name": "Reading", "namespace": "acme", "fields": [
              {"name": "device", "type": "string"},
              {"name": "temp", "type": ["null", "double"]},
              {"name": "count", "type": "long", "default": 0}]}
            """;
    private static final String CONFIG = """
            listeners: {mqtt: {type: tcp, bind: "127.0.0.1:0"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%s", port: 0}}
            drain: {delay: 0s}
            schema-registry: {url: "%s", username: sluice, password: secret, timeout: 2s}
            ingress:
              - name: readings
                filter: readings/{device}
                topic: readings
                key: "{device}"
                format: {type: json-to-avro, subject: readings-value, fields: {device: "{device}"}}
                dead-letter: readings.dlq
              - {name: strict, filter: "strict/#", topic: strict, format: {type: json-to-avro, subject: readings-value}}
              - {name: late, filter: "late/#", topic: late, format: {type: json-to-avro}}
              - {name: nowhere, filter: "nowhere/#", topic: nowhere, format: {type: json-to-avro}, dead-letter: nowhere.dlq}
              - {name: checked, filter: "checked/#", topic: checked, format: {type: avro, subject: readings-value}}
            egress:
              - {name: commands, topic: commands, filter: "commands/{key}", payload: {type: avro-to-json}}
            """;

    private static final FakeRegistry REGISTRY = new FakeRegistry();

    @TempDir
    static Path folder = Path.of("");

    private static Sluice sluice = none();
    private static int readingId;

    @SuppressWarnings("NullAway") // Started before all.
    private static Sluice none() {
        return null;
    }

    @BeforeAll
    static void start() throws IOException {
        readingId = REGISTRY.register("readings-value", READING);
        REGISTRY.register("late-value", READING.replace("Reading", "Late"));
        REGISTRY.start();
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, CONFIG.formatted(folder.resolve("kafka"), REGISTRY.url()));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable());
    }

    @AfterAll
    static void stop() {
        sluice.close();
        REGISTRY.close();
    }

    private static Mqtt5BlockingClient connect(String id) {
        Mqtt5BlockingClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("mqtt"))
                .buildBlocking();
        client.connect();
        return client;
    }

    private static void publish(Mqtt5BlockingClient client, String topic, byte[] payload, MqttQos qos) {
        client.publishWith().topic(topic).qos(qos).payload(payload).send();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        return KafkaRecords.atLeast(count, sluice.bootstrapServers(), topic);
    }

    /** By Avro's own decoder. */
    private static GenericRecord decoded(byte[] value) throws IOException {
        assertThat(value[0]).isZero();
        assertThat(ByteBuffer.wrap(value).getInt(1)).isEqualTo(readingId);
        return new GenericDatumReader<GenericRecord>(new Schema.Parser().parse(READING))
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    private static double dead(String reason) {
        return sluice.registry()
                .get("sluice.ingress.dead.lettered")
                .tags("rule", "readings", "reason", reason)
                .counter()
                .count();
    }

    @Test
    void jsonOfADeviceIsAvroInKafkaAndJsonForSubscribersAndWhatDoesNotFitIsPutAsideByteForByte() throws Exception {
        Mqtt5BlockingClient client = connect("d1");
        try (Mqtt5BlockingClient.Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith()
                    .topicFilter("readings/+")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            byte[] bad = "{\"temp\": \"hot\"}".getBytes(UTF_8);
            byte[] broken = {'{', (byte) 0xFF, 0, 1};

            publish(client, "readings/d1", "{\"temp\": 21, \"more\": [1]}".getBytes(UTF_8), MqttQos.AT_LEAST_ONCE);
            publish(client, "readings/d1", bad, MqttQos.AT_LEAST_ONCE);
            publish(client, "readings/d1", broken, MqttQos.EXACTLY_ONCE);
            publish(client, "readings/d1", "{\"temp\": null, \"count\": 7}".getBytes(UTF_8), MqttQos.EXACTLY_ONCE);

            List<ConsumerRecord<byte[], byte[]>> rows = records("readings", 2);
            GenericRecord first = decoded(rows.get(0).value());
            assertThat(first.get("temp")).isEqualTo(21.0);
            assertThat(first.get("device")).hasToString("d1");
            assertThat(decoded(rows.get(1).value()).get("count")).isEqualTo(7L);

            List<ConsumerRecord<byte[], byte[]>> letters = records("readings.dlq", 2);
            assertThat(letters.get(0).value()).isEqualTo(bad);
            assertThat(letters.get(0).key()).isEqualTo("d1".getBytes(UTF_8));
            assertThat(header(letters.get(0), "mqtt.topic")).isEqualTo("readings/d1");
            assertThat(header(letters.get(0), "sluice.error.rule")).isEqualTo("readings");
            assertThat(header(letters.get(0), "sluice.error.reason")).isEqualTo("schema");
            assertThat(header(letters.get(0), "sluice.error.path")).isEqualTo("$.temp");
            assertThat(header(letters.get(0), "sluice.error.message"))
                    .isEqualTo("$.temp: expected double, found \"hot\"");
            assertThat(header(letters.get(0), "sluice.error.topic")).isEqualTo("readings");
            assertThat(header(letters.get(0), "sluice.error.schema-id")).isEqualTo(Integer.toString(readingId));
            assertThat(letters.get(1).value()).isEqualTo(broken);
            assertThat(header(letters.get(1), "sluice.error.reason")).isEqualTo("payload_format");
            assertThat(dead("schema")).isEqualTo(1);
            assertThat(dead("payload_format")).isEqualTo(1);

            assertThat(text(received)).isEqualTo("{\"device\":\"d1\",\"temp\":21.0,\"count\":0}");
            assertThat(text(received)).isEqualTo("{\"device\":\"d1\",\"temp\":null,\"count\":7}");
        } finally {
            client.disconnect();
        }
    }

    private static String text(Mqtt5BlockingClient.Mqtt5Publishes received) throws InterruptedException {
        Mqtt5Publish message = received.receive(20, TimeUnit.SECONDS).orElseThrow();
        return new String(message.getPayloadAsBytes(), UTF_8);
    }

    /** Nothing at all is no JSON, and still says that nothing is retained any more [MQTT-3.3.1-6]. */
    @Test
    void anEmptyRetainedMessageClearsWhateverTheFormat() throws Exception {
        Mqtt5BlockingClient publisher = connect("clearing");
        byte[] kept = "{\"device\": \"kept\", \"temp\": 1}".getBytes(UTF_8);
        publisher
                .publishWith()
                .topic("strict/kept")
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .payload(kept)
                .send();
        Mqtt5BlockingClient before = connect("before");
        Mqtt5BlockingClient after = connect("after");
        try (Mqtt5BlockingClient.Mqtt5Publishes seen = before.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt5BlockingClient.Mqtt5Publishes unseen = after.publishes(MqttGlobalPublishFilter.ALL)) {
            before.subscribeWith()
                    .topicFilter("strict/kept")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            assertThat(text(seen)).contains("kept");

            publisher
                    .publishWith()
                    .topic("strict/kept")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .retain(true)
                    .send();

            assertThat(text(seen)).isEmpty();
            assertThat(KafkaRecords.ofTopic("strict/kept", 2, sluice.bootstrapServers(), "strict")
                            .get(1)
                            .value())
                    .isNull();
            after.subscribeWith()
                    .topicFilter("strict/+")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            publish(
                    publisher,
                    "strict/end",
                    "{\"device\": \"end\", \"temp\": 1}".getBytes(UTF_8),
                    MqttQos.AT_LEAST_ONCE);
            assertThat(text(unseen)).contains("end");
        } finally {
            publisher.disconnect();
            before.disconnect();
            after.disconnect();
        }
    }

    @Test
    void aRefusedPayloadIsToldWithItsReason() {
        Mqtt5BlockingClient client = connect("d2");

        Mqtt5PubAckException refused = catchThrowableOfType(
                Mqtt5PubAckException.class,
                () -> publish(client, "strict/a", "{\"temp\": 1}".getBytes(UTF_8), MqttQos.AT_LEAST_ONCE));

        assertThat(refused.getMqttMessage().getReasonCode()).isEqualTo(Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID);
        assertThat(refused.getMqttMessage().getReasonString().map(Object::toString))
                .contains("$.device: expected string, found nothing");
        client.disconnect();
    }

    @Test
    void avroIsCheckedAndASubjectThatIsNotThereIsNoReasonToLose() throws Exception {
        Mqtt5BlockingClient client = connect("d3");
        byte[] avro = Base64.getDecoder().decode("BGQzAAI=");

        publish(client, "checked/a", avro, MqttQos.AT_LEAST_ONCE);
        assertThat(decoded(records("checked", 1).get(0).value()).get("count")).isEqualTo(1L);
        Mqtt5PubAckException refused = catchThrowableOfType(
                Mqtt5PubAckException.class,
                () -> publish(client, "checked/a", new byte[] {1, 2, 3}, MqttQos.AT_LEAST_ONCE));
        assertThat(refused.getMqttMessage().getReasonCode()).isEqualTo(Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID);

        publish(client, "nowhere/a", "{}".getBytes(UTF_8), MqttQos.AT_LEAST_ONCE);
        ConsumerRecord<byte[], byte[]> letter = records("nowhere.dlq", 1).get(0);
        assertThat(header(letter, "sluice.error.message")).isEqualTo("nowhere-value: the registry answers 404");
        client.disconnect();
    }

    @Test
    void avroOfAnotherProgramIsJsonForSubscribers() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", sluice.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("commands", 1, (short) 1)))
                    .all()
                    .get();
        }
        Mqtt5BlockingClient client = connect("d4");
        try (Mqtt5BlockingClient.Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", sluice.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            client.subscribeWith()
                    .topicFilter("commands/d4")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            byte[] avro = Base64.getDecoder().decode("BGQ0AgAAAAAAAPg/Ag==");
            byte[] value = ByteBuffer.allocate(5 + avro.length)
                    .put((byte) 0)
                    .putInt(readingId)
                    .put(avro)
                    .array();
            producer.send(new ProducerRecord<>("commands", "d4".getBytes(UTF_8), new byte[] {7}))
                    .get();
            producer.send(new ProducerRecord<>("commands", "d4".getBytes(UTF_8), value))
                    .get();

            Mqtt5Publish message = received.receive(20, TimeUnit.SECONDS).orElseThrow();
            assertThat(new String(message.getPayloadAsBytes(), UTF_8))
                    .isEqualTo("{\"device\":\"d4\",\"temp\":1.5,\"count\":1}");
            assertThat(message.getContentType().map(Object::toString)).contains("application/json");
            assertThat(sluice.registry()
                            .get("sluice.deliveries.discarded")
                            .tag("reason", "payload_format")
                            .counter()
                            .count())
                    .isEqualTo(1);
        } finally {
            client.disconnect();
        }
    }

    @Test
    void whileTheRegistryIsAwayWhatNeedsItWaitsInOrderAndTheRestGoesOn() throws Exception {
        Mqtt5BlockingClient other = connect("d6");
        // Known before the registry goes.
        publish(other, "strict/d6", "{\"device\": \"d6\", \"temp\": 0}".getBytes(UTF_8), MqttQos.AT_LEAST_ONCE);
        REGISTRY.stop();
        Mqtt5AsyncClient client = connect("d5").toAsync();
        List<CompletableFuture<Mqtt5PublishResult>> sent = new ArrayList<>();
        int count = 200;
        for (int i = 0; i < count; i++) {
            byte[] payload = "{\"device\": \"d5\", \"temp\": null, \"count\": %d}"
                    .formatted(i)
                    .getBytes(UTF_8);
            sent.add(client.publishWith()
                    .topic("late/d5")
                    .qos(i % 2 == 0 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
                    .payload(payload)
                    .send());
        }
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> sluice.registry()
                                .get("sluice.schema.registry.requests")
                                .tag("outcome", "failed")
                                .counter()
                                .count()
                        >= 2);
        publish(other, "strict/d6", "{\"device\": \"d6\", \"temp\": 1}".getBytes(UTF_8), MqttQos.AT_LEAST_ONCE);
        assertThat(sent).noneMatch(CompletableFuture::isDone);

        REGISTRY.start();

        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        List<ConsumerRecord<byte[], byte[]>> rows = records("late", count);
        Schema late = new Schema.Parser().parse(READING.replace("Reading", "Late"));
        for (int i = 0; i < count; i++) {
            byte[] value = rows.get(i).value();
            GenericRecord record = new GenericDatumReader<GenericRecord>(late)
                    .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
            assertThat(record.get("count")).isEqualTo((long) i);
        }
        assertThat(rows).hasSize(count);
        client.disconnect().get();
        other.disconnect();
    }
}
