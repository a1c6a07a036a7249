package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge node of Sparkplug with a device, from its birth to its death, through Sluice to a program and a host application. */
final class SparkplugIT {

    private static final String CONFIG = """
            listeners: {mqtt: {type: tcp, bind: "127.0.0.1:0"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%s", port: 0}}
            drain: {delay: 0s}
            schema-registry: {url: "%s", username: sluice, password: secret, timeout: 2s}
            ingress:
              - name: hosts
                filter: spBv1.0/STATE/{host}
                topic: hosts
                key: "{host}"
                format: {type: sparkplug, subject: sparkplug-value}
              - name: sparkplug
                filter: spBv1.0/{group}/{type}/{node}/{device...}
                topic: sparkplug.{group}
                key: "{group}/{node}"
                format: {type: sparkplug, subject: sparkplug-value}
                dead-letter: sparkplug.dlq
            """;

    private static final int INT32 = 3;
    private static final int UINT64 = 8;
    private static final int DOUBLE = 10;
    private static final int STRING = 12;

    private static final FakeRegistry REGISTRY = new FakeRegistry();

    @TempDir
    static Path folder = Path.of("");

    private static Sluice sluice = none();
    private static Schema schema = Schema.create(Schema.Type.NULL);
    private static int schemaId;

    @SuppressWarnings("NullAway") // Started before all.
    private static Sluice none() {
        return null;
    }

    @BeforeAll
    static void start() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Payload.class.getResourceAsStream("/io/sluice/schemas/sparkplug.avsc"))) {
            schema = new Schema.Parser().parse(new String(in.readAllBytes(), UTF_8));
        }
        schemaId = REGISTRY.register("sparkplug-value", schema.toString());
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

    private static Mqtt5ClientBuilder client(String id) {
        return MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("mqtt"));
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", sluice.bootstrapServers());
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Patience.WAIT).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
                return found.size() >= count;
            });
        }
        return found;
    }

    /** By Avro's own decoder. */
    private static GenericRecord decoded(ConsumerRecord<byte[], byte[]> row) throws IOException {
        byte[] value = row.value();
        assertThat(value[0]).isZero();
        assertThat(ByteBuffer.wrap(value).getInt(1)).isEqualTo(schemaId);
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    /** Name, data type and value of each metric. */
    private static List<String> metrics(GenericRecord record) {
        List<String> metrics = new ArrayList<>();
        for (Object one : (List<?>) record.get("metrics")) {
            GenericRecord metric = (GenericRecord) one;
            metrics.add(metric.get("name") + " " + metric.get("datatype") + " " + metric.get("value"));
        }
        return metrics;
    }

    private static Metric.Builder born(String name, long alias, int type) {
        return Metric.newBuilder().setName(name).setAlias(alias).setDatatype(type);
    }

    private static Metric.Builder bdSeq(long value) {
        return Metric.newBuilder().setName("bdSeq").setDatatype(UINT64).setLongValue(value);
    }

    private static Payload payload(int seq, Metric.Builder... metrics) {
        Payload.Builder payload =
                Payload.newBuilder().setTimestamp(1_700_000_000_000L + seq).setSeq(seq);
        for (Metric.Builder metric : metrics) {
            payload.addMetrics(metric);
        }
        return payload.build();
    }

    private static void publish(Mqtt5BlockingClient client, String topic, byte[] payload) {
        client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_MOST_ONCE)
                .payload(payload)
                .send();
    }

    @Test
    void theLifeOfAnEdgeNodeIsInKafkaAndReachesTheHostApplicationByteForByte() throws Exception {
        Payload death = Payload.newBuilder().addMetrics(bdSeq(3)).build();
        List<String> types = List.of("NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH");
        List<Payload> sent = List.of(
                payload(
                        0,
                        bdSeq(3),
                        born("Node Control/Rebirth", 1, 11).setBooleanValue(false),
                        born("uptime", 2, INT32).setIntValue(0)),
                payload(
                        1,
                        born("temperature", 10, DOUBLE).setDoubleValue(20.5),
                        born("state", 11, STRING).setStringValue("idle"),
                        born("offset", 12, INT32).setIntValue(-3)),
                payload(2, Metric.newBuilder().setAlias(2).setIntValue(60)),
                payload(
                        3,
                        Metric.newBuilder().setAlias(12).setIntValue(-4),
                        Metric.newBuilder().setAlias(10).setDoubleValue(21.25),
                        Metric.newBuilder().setAlias(11).setIsNull(true)),
                payload(4));
        Mqtt5BlockingClient host = client("host").buildBlocking();
        host.connect();
        Mqtt5BlockingClient edge = client("edge-1").buildBlocking();
        edge.connectWith()
                .willPublish()
                .topic("spBv1.0/plant/NDEATH/edge-1")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(death.toByteArray())
                .applyWillPublish()
                .send();
        List<byte[]> received = new ArrayList<>();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = host.publishes(MqttGlobalPublishFilter.ALL)) {
            host.subscribeWith()
                    .topicFilter("spBv1.0/plant/#")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            for (int i = 0; i < types.size(); i++) {
                String device = types.get(i).startsWith("D") ? "/press" : "";
                publish(
                        edge,
                        "spBv1.0/plant/" + types.get(i) + "/edge-1" + device,
                        sent.get(i).toByteArray());
            }
            edge.disconnectWith()
                    .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
                    .send();
            for (int i = 0; i <= types.size(); i++) {
                received.add(publishes
                        .receive(Patience.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .orElseThrow()
                        .getPayloadAsBytes());
            }
        }
        host.disconnect();

        List<ConsumerRecord<byte[], byte[]>> rows = records("sparkplug.plant", 6);
        List<GenericRecord> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> row : rows) {
            assertThat(row.key()).isEqualTo("plant/edge-1".getBytes(UTF_8));
            records.add(decoded(row));
        }
        assertThat(records)
                .extracting(record -> record.get("type").toString())
                .containsExactly("NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH", "NDEATH");
        assertThat(records)
                .extracting(record -> String.valueOf(record.get("device")))
                .containsExactly("null", "press", "null", "press", "press", "null");
        assertThat(records).extracting(record -> record.get("seq")).containsExactly(0L, 1L, 2L, 3L, 4L, null);
        assertThat(records.get(3).get("timestamp")).isEqualTo(1_700_000_000_003L);
        assertThat(metrics(records.get(0)))
                .containsExactly("bdSeq UInt64 3", "Node Control/Rebirth Boolean false", "uptime Int32 0");
        assertThat(metrics(records.get(1)))
                .containsExactly("temperature Double 20.5", "state String idle", "offset Int32 -3");
        assertThat(metrics(records.get(2))).containsExactly("uptime Int32 60");
        assertThat(metrics(records.get(3)))
                .containsExactly("offset Int32 -4", "temperature Double 21.25", "state String null");
        assertThat(metrics(records.get(5))).containsExactly("bdSeq UInt64 3");
        List<byte[]> published = new ArrayList<>();
        sent.forEach(payload -> published.add(payload.toByteArray()));
        published.add(death.toByteArray());
        assertThat(received).containsExactlyElementsOf(published);
    }

    @Test
    void dataWithoutABirthIsWrittenWithItsAliasesAndCounted() throws Exception {
        double before = unresolved();
        Mqtt5BlockingClient edge = client("edge-2").buildBlocking();
        edge.connect();
        Payload data = payload(9, Metric.newBuilder().setAlias(5).setIntValue(1));
        edge.publishWith()
                .topic("spBv1.0/STATE/scada")
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .payload("{\"online\": true, \"timestamp\": 1700000000000}".getBytes(UTF_8))
                .send();
        byte[] noise = {(byte) 0xFF, 1, 2};
        edge.publishWith()
                .topic("spBv1.0/plant/NDATA/edge-2")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(noise)
                .send();
        edge.publishWith()
                .topic("spBv1.0/other/XDATA/edge-2")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(data.toByteArray())
                .send();
        edge.publishWith()
                .topic("spBv1.0/late/NDATA/edge-2")
                .qos(MqttQos.EXACTLY_ONCE)
                .payload(data.toByteArray())
                .send();
        edge.disconnect();

        GenericRecord state = decoded(records("hosts", 1).get(0));
        assertThat(state.get("type")).hasToString("STATE");
        assertThat(state.get("host")).hasToString("scada");
        assertThat(state.get("online")).isEqualTo(true);
        await().atMost(Patience.WAIT).until(() -> unresolved() == before + 1);
        List<ConsumerRecord<byte[], byte[]>> letters = records("sparkplug.dlq", 2);
        assertThat(letters.get(0).value()).isEqualTo(noise);
        assertThat(letters.get(0).key()).isEqualTo("plant/edge-2".getBytes(UTF_8));
        assertThat(letters.get(1).value()).isEqualTo(data.toByteArray());
        assertThat(new String(
                        letters.get(1).headers().lastHeader("sluice.error.path").value(), UTF_8))
                .isEqualTo("topic");
        GenericRecord late = decoded(records("sparkplug.late", 1).get(0));
        assertThat(metrics(late)).containsExactly("null null 1");
        GenericRecord metric = (GenericRecord) ((List<?>) late.get("metrics")).get(0);
        assertThat(metric.get("alias")).isEqualTo(5L);
    }

    private static double unresolved() {
        return sluice.registry()
                .get("sluice.sparkplug.metrics.unresolved")
                .counter()
                .count();
    }
}
