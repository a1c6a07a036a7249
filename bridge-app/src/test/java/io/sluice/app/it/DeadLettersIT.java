package io.sluice.app.it;

import static io.sluice.app.it.KafkaRecords.header;
import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import io.sluice.schemas.convert.RandomCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit is kept, or not acknowledged; and nothing is lost while the registry comes and goes under load. */
final class DeadLettersIT {

    private static final int CASES = 400;
    private static final int PUBLISHERS = 6;
    private static final int CACHED = 200;
    private static final int MIXED = 100;
    private static final int QUOTA_EXCEEDED = 0x97;

    /** Another one by -Dseed=…; each failure prints its own. */
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static final String READING = """
            {"type": "record", "name": "Reading", "fields": [
              {"name": "publisher", "type": "int"}, {"name": "count", "type": "long"}]}
            """;
    private static final String CONFIG = """
            listeners: {mqtt: {type: tcp, bind: "127.0.0.1:0"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%s", port: 0}}
            drain: {delay: 0s}
            schema-registry: {url: "%s", username: sluice, password: secret, timeout: 2s}
            ingress:
              - name: random
                filter: random/{n}
                topic: random.{n}
                key: "{n}"
                format: {type: json-to-avro}
                dead-letter: random.dlq
              - name: small
                filter: "small/#"
                topic: small
                format: {type: json-to-avro, subject: reading}
                dead-letter: small.dlq
              - name: wills
                filter: "wills/#"
                topic: wills
                format: {type: json-to-avro, subject: reading}
                dead-letter: wills.dlq
              - name: load
                filter: load/{kind}/{publisher}
                topic: load.{kind}
                key: "{publisher}"
                create: {partitions: 3}
                format: {type: json-to-avro}
                dead-letter: load.dlq
            """;

    private static final FakeRegistry REGISTRY = new FakeRegistry();

    @TempDir
    static Path folder = Path.of("");

    private static Sluice sluice = none();

    @SuppressWarnings("NullAway") // Started before all.
    private static Sluice none() {
        return null;
    }

    @BeforeAll
    static void start() throws Exception {
        for (String subject : List.of("reading", "load.a-value", "load.b-value", "load.c-value")) {
            REGISTRY.register(subject, READING);
        }
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
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", sluice.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("small.dlq", 1, (short) 1).configs(Map.of("max.message.bytes", "2000"))))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        try {
            LoadInvariants.assertHold(sluice.registry().scrape());
        } finally {
            sluice.close();
            REGISTRY.close();
        }
    }

    private static RawClient connect(Connect connect) throws IOException {
        return new RawClient(sluice.port("mqtt")).connect(connect);
    }

    private static Mqtt5AsyncClient client(String id) {
        Mqtt5AsyncClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("mqtt"))
                .buildAsync();
        client.connect().join();
        return client;
    }

    private static CompletableFuture<Mqtt5PublishResult> publish(
            Mqtt5AsyncClient client, String topic, byte[] payload, int number) {
        return client.publishWith()
                .topic(topic)
                .qos(number % 2 == 0 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
                .payload(payload)
                .send();
    }

    private static void join(List<? extends CompletableFuture<?>> answers) throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }

    private static double counter(String name, String... tags) {
        return sluice.registry().get(name).tags(tags).counter().count();
    }

    /** A payload that does not fit, and what is said of it. */
    private record Unfit(byte[] payload, String path, String reason) {}

    /** A document that does not fit in one place; or bytes that are none, where the schema takes whatever there is. */
    private static Unfit unfit(int number) {
        RandomCase some = new RandomCase(SEED + number);
        REGISTRY.register("random." + number + "-value", some.schema().toString());
        Random random = new Random(SEED + number);
        if (!some.places().isEmpty()) {
            RandomCase.Place place =
                    some.places().get(random.nextInt(some.places().size()));
            JsonNode strange = RandomCase.strange(place.schema());
            if (!strange.isMissingNode()) {
                place.spoil().accept(strange);
                String text = random.nextBoolean()
                        ? some.sent().toString()
                        : some.sent().toPrettyString();
                return new Unfit(text.getBytes(UTF_8), place.path(), "schema");
            }
        }
        byte[] bytes = new byte[1 + random.nextInt(60)];
        random.nextBytes(bytes);
        // Nothing in UTF-8 begins so.
        bytes[0] = (byte) 0xFF;
        return new Unfit(bytes, "$", "payload_format");
    }

    @Test
    void whateverDoesNotFitIsInTheDeadLetterTopicByteForByteWithItsPlace() throws Exception {
        List<Unfit> sent =
                IntStream.range(0, CASES).mapToObj(DeadLettersIT::unfit).toList();
        Mqtt5AsyncClient device = client("random");
        List<CompletableFuture<Mqtt5PublishResult>> answers = new ArrayList<>();
        for (int n = 0; n < CASES; n++) {
            answers.add(publish(device, "random/" + n, sent.get(n).payload(), n));
        }

        join(answers);

        List<ConsumerRecord<byte[], byte[]>> letters =
                KafkaRecords.atLeast(CASES, sluice.bootstrapServers(), "random.dlq");
        assertThat(letters).hasSize(CASES);
        for (int n = 0; n < CASES; n++) {
            ConsumerRecord<byte[], byte[]> letter = letters.get(n);
            String what = "%d, -Dseed=%d".formatted(n, SEED);
            assertThat(letter.value()).as(what).isEqualTo(sent.get(n).payload());
            assertThat(letter.key()).as(what).isEqualTo(Integer.toString(n).getBytes(UTF_8));
            assertThat(header(letter, "mqtt.topic")).as(what).isEqualTo("random/" + n);
            assertThat(header(letter, "sluice.error.topic")).as(what).isEqualTo("random." + n);
            assertThat(header(letter, "sluice.error.path"))
                    .as(what)
                    .isEqualTo(sent.get(n).path());
            assertThat(header(letter, "sluice.error.reason"))
                    .as(what)
                    .isEqualTo(sent.get(n).reason());
        }
        long schema =
                sent.stream().filter(unfit -> unfit.reason().equals("schema")).count();
        assertThat(schema).as("documents of one place that does not fit").isGreaterThan(CASES / 2);
        assertThat(counter("sluice.ingress.dead.lettered", "rule", "random", "reason", "schema"))
                .isEqualTo((double) schema);
        device.disconnect().join();
    }

    @Test
    void whereTheDeadLetterIsNotWrittenTheDeviceIsNotAcknowledged() throws Exception {
        byte[] bytes = new byte[20_000];
        new Random(SEED).nextBytes(bytes);
        String large = HexFormat.of().formatHex(bytes);
        try (RawClient device = connect(new Connect(MQTT_5, "small"));
                RawClient lasting = connect(new Connect(MQTT_5, "lasting").persistent());
                RawClient older = connect(new Connect(MQTT_3_1_1, "older"))) {
            device.send(device.publication("small/a", large, 1, false, 1));
            assertThat(device.next(Wire.PUBACK).reasonCode()).isEqualTo(QUOTA_EXCEEDED);
            device.send(device.publication("small/a", large, 2, false, 2));
            assertThat(device.next(Wire.PUBREC).reasonCode()).isEqualTo(QUOTA_EXCEEDED);
            lasting.send(lasting.publication("small/a", large, 2, false, 1));
            assertThat(lasting.next(Wire.PUBREC).reasonCode()).isEqualTo(QUOTA_EXCEEDED);
            older.send(older.publication("small/a", large, 1, false, 1));
            assertThat(older.untilClosed()).isEmpty();

            device.publish("small/a", "no JSON", 1, false);
            lasting.publish("small/a", "no JSON", 2, false);

            List<ConsumerRecord<byte[], byte[]>> letters =
                    KafkaRecords.atLeast(2, sluice.bootstrapServers(), "small.dlq");
            assertThat(letters)
                    .extracting(row -> new String(row.value(), UTF_8))
                    .containsOnly("no JSON");
            assertThat(letters).hasSize(2);
        }
        assertThat(counter("sluice.ingress.rejected", "rule", "small", "reason", "too_large"))
                .isEqualTo(4);
        assertThat(counter("sluice.ingress.dead.lettered", "rule", "small", "reason", "payload_format"))
                .isEqualTo(2);
    }

    @Test
    void aWillThatDoesNotFitIsADeadLetterAndCountedAsOne() throws Exception {
        double before = counter("sluice.wills", "event", "dead_lettered");
        connect(new Connect(MQTT_5, "dying").will("wills/dying", "gone", 1, true))
                .breakOff();

        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> counter("sluice.wills", "event", "dead_lettered") == before + 1);

        ConsumerRecord<byte[], byte[]> letter =
                KafkaRecords.atLeast(1, sluice.bootstrapServers(), "wills.dlq").get(0);
        assertThat(letter.value()).isEqualTo("gone".getBytes(UTF_8));
        assertThat(header(letter, "mqtt.topic")).isEqualTo("wills/dying");
        assertThat(counter("sluice.ingress.dead.lettered", "rule", "wills", "reason", "payload_format"))
                .isEqualTo(1);
        try (RawClient watcher = connect(new Connect(MQTT_5, "watcher"))) {
            watcher.subscribe("wills/#", 1);
            watcher.publish("wills/other", "{\"publisher\": 1, \"count\": 2}");
            assertThat(watcher.message().topic()).as("nothing was retained").isEqualTo("wills/other");
        }
    }

    // ---- load -----------------------------------------------------------------------------------------------------

    /** A device that goes on publishing, and counts. */
    private static final class Publisher {
        private final int number;
        private final Mqtt5AsyncClient client;
        private int count;

        Publisher(int number) {
            this.number = number;
            client = client("publisher-" + number);
        }

        CompletableFuture<Mqtt5PublishResult> publish(String kind) {
            byte[] payload = "{\"publisher\": %d, \"count\": %d}"
                    .formatted(number, count)
                    .getBytes(UTF_8);
            return DeadLettersIT.publish(client, "load/" + kind + "/" + number, payload, count++);
        }
    }

    @Test
    void aRegistryThatStopsUnderLoadAndStartsAgainLosesNothingAndKeepsTheOrder() throws Exception {
        List<Publisher> publishers =
                IntStream.range(0, PUBLISHERS).mapToObj(Publisher::new).toList();
        Publisher steady = new Publisher(PUBLISHERS);
        join(publishers.stream().map(publisher -> publisher.publish("a")).toList());
        List<CompletableFuture<Mqtt5PublishResult>> answers = new ArrayList<>();

        for (String unknown : List.of("b", "c")) {
            List<CompletableFuture<Mqtt5PublishResult>> known = new ArrayList<>();
            for (int i = 0; i < CACHED; i++) {
                publishers.forEach(publisher -> known.add(publisher.publish("a")));
            }
            await().until(() -> known.stream().anyMatch(CompletableFuture::isDone));
            double failed = counter("sluice.schema.registry.requests", "outcome", "failed");
            REGISTRY.stop();
            List<CompletableFuture<Mqtt5PublishResult>> waiting = new ArrayList<>();
            for (int i = 0; i < MIXED; i++) {
                String kind = i % 3 == 2 ? "a" : unknown;
                publishers.forEach(publisher -> waiting.add(publisher.publish(kind)));
            }
            // What is cached goes on, of the same publishers and of others.
            join(known);
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> counter("sluice.schema.registry.requests", "outcome", "failed") > failed);
            for (int i = 0; i < MIXED; i++) {
                answers.add(steady.publish("a"));
            }
            join(answers);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);

            REGISTRY.start();

            join(waiting);
            answers.addAll(known);
            answers.addAll(waiting);
        }

        assertComplete("a", publishers.size() * (1 + 2 * (CACHED + MIXED / 3)) + 2 * MIXED);
        assertComplete("b", publishers.size() * (MIXED - MIXED / 3));
        assertComplete("c", publishers.size() * (MIXED - MIXED / 3));
        assertThat(counter("sluice.schema.registry.requests", "outcome", "missing"))
                .isZero();
        publishers.forEach(publisher -> publisher.client.disconnect().join());
        steady.client.disconnect().join();
    }

    /** Each publisher's records are there once, in the order in which it has sent them. */
    private static void assertComplete(String kind, int expected) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> rows =
                KafkaRecords.atLeast(expected, sluice.bootstrapServers(), "load." + kind);
        assertThat(rows).as("records of " + kind).hasSize(expected);
        Schema schema = new Schema.Parser().parse(READING);
        long[] last = new long[PUBLISHERS + 1];
        Arrays.fill(last, -1);
        for (ConsumerRecord<byte[], byte[]> row : rows) {
            GenericRecord record = new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(row.value(), 5, row.value().length - 5, null));
            int publisher = (Integer) record.get("publisher");
            assertThat((Long) record.get("count"))
                    .as("%s of publisher %d", kind, publisher)
                    .isGreaterThan(last[publisher]);
            last[publisher] = (Long) record.get("count");
        }
    }
}
