package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Formats with a schema registry as people run it: {@code mvn -Pregistry verify}. */
@Tag("registry")
@Timeout(180)
final class RegistryIT {

    private static final String PLACE = """
            {"type": "record", "name": "Place", "namespace": "acme", "fields": [
              {"name": "site", "type": "string"}, {"name": "floor", "type": ["null", "int"], "default": null}]}
            """;
    private static final String READING = """
            {"type": "record", "name": "Reading", "namespace": "acme", "fields": [
              {"name": "device", "type": "string"},
              {"name": "temp", "type": ["null", "double"]},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
            """;
    private static final String PLACED = """
            {"type": "record", "name": "Placed", "namespace": "acme", "fields": [
              {"name": "place", "type": "acme.Place"}, {"name": "temp", "type": "double"}]}
            """;
    private static final String CONFIG = """
            listeners: {mqtt: {type: tcp, bind: "127.0.0.1:0"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%s", port: 0}}
            drain: {delay: 0s}
            schema-registry: {url: "%s", auto-register: true}
            ingress:
              - {name: readings, filter: "readings/{device}", topic: readings, format: {type: json-to-avro, fields: {device: "{device}"}}}
              - {name: placed, filter: "placed/#", topic: placed, format: {type: json-to-avro}}
              - {name: whole, filter: "whole/#", topic: whole, format: {type: envelope}}
              - {name: taken, filter: "taken/#", topic: taken, format: {type: envelope}}
            egress:
              - {name: commands, topic: commands, filter: "commands/{key}", payload: {type: avro-to-json}}
            """;

    @TempDir
    static Path folder = Path.of("");

    private static RegistryProcess registry = none();
    private static Sluice sluice = none();
    private static String file = "";

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // Started before all.
    private static <T> T none() {
        return null;
    }

    @BeforeAll
    @Timeout(240)
    static void start() throws Exception {
        Optional<Path> java = RegistryProcess.java();
        if (java.isEmpty()) {
            String why = "no JDK newer than 17, which the registry needs (expected: -Dregistry.java=/path/to/bin/java)";
            // Maven says that something was skipped, and not why.
            System.err.println("SKIPPED: RegistryIT: " + why);
            abort(why);
        }
        registry = new RegistryProcess(java.get(), folder);
        file = Files.writeString(
                        folder.resolve("sluice.yaml"), CONFIG.formatted(folder.resolve("kafka"), registry.url()))
                .toString();
        assertThat(registry.register("readings-value", READING).status()).isEqualTo(200);
        assertThat(registry.register("acme.Place", PLACE).status()).isEqualTo(200);
        ConfigSources sources = new ConfigSources(
                List.of(file), Map.of(), Map.of(), true, Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable());
    }

    @AfterAll
    @SuppressWarnings("ConstantValue") // Where there is no JDK for it nothing was started.
    static void stop() {
        if (sluice != null) {
            sluice.close();
        }
        if (registry != null) {
            registry.close();
        }
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

    private static void publish(String topic, String json) {
        Mqtt5BlockingClient client = connect("device");
        client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(json.getBytes(UTF_8))
                .send();
        client.disconnect();
    }

    /** As any consumer does it: the id in front says the schema, and Avro's own decoder reads by it. */
    private static GenericRecord read(byte[] value) throws IOException {
        assertThat(value[0]).isZero();
        RegistryProcess.Answer answer =
                registry.get("/schemas/ids/" + ByteBuffer.wrap(value).getInt(1));
        assertThat(answer.status()).isEqualTo(200);
        Schema.Parser parser = new Schema.Parser();
        if (!answer.body().path("references").isEmpty()) {
            var unused = parser.parse(PLACE);
        }
        Schema schema = parser.parse(answer.body().get("schema").textValue());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    private static GenericRecord only(String kafkaTopic) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> rows = KafkaRecords.atLeast(1, sluice.bootstrapServers(), kafkaTopic);
        assertThat(rows).hasSize(1);
        return read(rows.get(0).value());
    }

    @Test
    void jsonOfADeviceIsReadByAvrosOwnDecoderAndTheRegistry() throws Exception {
        publish("readings/d1", "{\"temp\": 21.5, \"at\": \"2026-11-22T10:00:00Z\", \"more\": [1]}");

        GenericRecord record = only("readings");

        assertThat(record.get("device")).hasToString("d1");
        assertThat(record.get("temp")).isEqualTo(21.5);
        assertThat(record.get("at")).isEqualTo(1_795_341_600_000L);
    }

    @Test
    void avroOfAnotherProgramIsJsonForSubscribers() throws Exception {
        RegistryProcess.Answer registered = registry.register("commands-value", READING);
        Schema schema = new Schema.Parser().parse(READING);
        GenericRecord command = new GenericRecordBuilder(schema)
                .set("device", "d2")
                .set("temp", null)
                .set("at", 1_795_341_600_000L)
                .build();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", sluice.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("commands", 1, (short) 1)))
                    .all()
                    .get();
        }
        Mqtt5BlockingClient client = connect("reader");
        try (Mqtt5BlockingClient.Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", sluice.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            client.subscribeWith()
                    .topicFilter("commands/d2")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();

            producer.send(new ProducerRecord<>(
                            "commands",
                            "d2".getBytes(UTF_8),
                            framed(registered.body().get("id").intValue(), command)))
                    .get();

            assertThat(new String(
                            received.receive(20, TimeUnit.SECONDS).orElseThrow().getPayloadAsBytes(), UTF_8))
                    .isEqualTo("{\"device\":\"d2\",\"temp\":null,\"at\":\"2026-11-22T10:00:00Z\"}");
        } finally {
            client.disconnect();
        }
    }

    private static byte[] framed(int id, GenericRecord record) throws IOException {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(0);
        value.write(ByteBuffer.allocate(4).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(value, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema(), GenericData.get()).write(record, encoder);
        encoder.flush();
        return value.toByteArray();
    }

    @Test
    void aSchemaThatRefersToAnotherIsPutTogether() throws Exception {
        RegistryProcess.Answer registered = registry.register(
                "placed-value", PLACED, "{\"name\": \"acme.Place\", \"subject\": \"acme.Place\", \"version\": 1}");
        assertThat(registered.status()).as("%s", registered).isEqualTo(200);

        publish("placed/d3", "{\"place\": {\"site\": \"north\", \"floor\": 3}, \"temp\": 20}");

        assertThat(only("placed")).hasToString("{\"place\": {\"site\": \"north\", \"floor\": 3}, \"temp\": 20.0}");
    }

    @Test
    void theEnvelopeIsRegisteredOnceAndReadWithTheRegistry() throws Exception {
        publish("whole/d4", "any payload");

        GenericRecord record = only("whole");

        assertThat(record.get("topic")).hasToString("whole/d4");
        assertThat(record.get("payload")).isEqualTo(ByteBuffer.wrap("any payload".getBytes(UTF_8)));
        assertThat(registry.get("/subjects/whole-value/versions").body()).hasToString("[1]");
    }

    @Test
    void anIncompatibleSchemaIsRefusedAndSaidBeforehand() throws Exception {
        assertThat(registry.register(
                                "taken-value",
                                "{\"type\": \"record\", \"name\": \"Other\", \"fields\": ["
                                        + "{\"name\": \"x\", \"type\": \"int\"}]}")
                        .status())
                .isEqualTo(200);
        assertThat(registry.put("/config/taken-value", "{\"compatibility\": \"BACKWARD\"}")
                        .status())
                .isEqualTo(200);

        StringWriter out = new StringWriter();
        CommandLine line = SluiceCommand.commandLine(Map.of(), (config, sources) -> 7);
        line.setOut(new PrintWriter(out, true));
        int exitCode = line.execute("check", "--registry", "-c", file);
        Mqtt5PubAckException refused =
                catchThrowableOfType(Mqtt5PubAckException.class, () -> publish("taken/d5", "any payload"));

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString().lines())
                .contains("ingress[3] \"taken\": taken-value: io.sluice.Envelope is not compatible with the newest"
                        + " version: would be refused");
        assertThat(refused.getMqttMessage().getReasonString().map(Object::toString))
                .get()
                .asString()
                .startsWith("taken-value: the registry answers 409");
        assertThat(registry.get("/subjects/taken-value/versions").body())
                .as("nothing was registered")
                .hasToString("[1]");
    }
}
