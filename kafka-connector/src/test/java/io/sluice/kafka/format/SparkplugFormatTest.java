package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.sparkplug.KnownMetrics;
import io.sluice.schemas.sparkplug.proto.SparkplugProto;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sparkplug's messages through a rule: what births are good for, and for how long. */
final class SparkplugFormatTest {

    private static final int INT32 = 3;
    private static final int UINT64 = 8;

    private SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private RuleFormats formats = formats(SchemaSource.NONE, true, 1 << 20);

    private RuleFormats formats(SchemaSource schemas, boolean isSubscribed, long birthsMax) {
        registry = new SimpleMeterRegistry();
        return RuleFormats.of(
                Map.of(
                        "sparkplug",
                        new RuleFormats.Rule(
                                "spBv1.0/#", FormatSettings.of(FormatSettings.Type.SPARKPLUG, null), isSubscribed)),
                Map.of("json", EgressFormat.Type.AVRO_TO_JSON),
                schemas,
                new SparkplugBirths(birthsMax, registry),
                ConvertLimits.DEFAULTS);
    }

    private static Message message(String topic, byte[] payload) {
        return new Message(
                TopicName.of(topic), Qos.AT_MOST_ONCE, false, Payload.wrap(payload), MessageProperties.NONE, null);
    }

    private static Mapped mapped() {
        IngressRule rule = new IngressRule(
                "sparkplug",
                "spBv1.0/#",
                "plant",
                null,
                Qos.EXACTLY_ONCE,
                HeaderMode.ALL,
                Map.of(),
                IllegalName.REFUSE,
                true,
                Partitioner.ANY,
                TopicCreation.BROKER_DEFAULTS);
        return new Mapped(rule, "plant", new byte[0]);
    }

    private IngressFormat format() {
        return Objects.requireNonNull(formats.ingress("sparkplug"));
    }

    private Formatted format(String topic, byte[] payload) {
        return format().format(message(topic, payload), mapped(), 0);
    }

    private JsonNode record(String topic, SparkplugProto.Payload payload) throws Exception {
        Formatted.Value value = (Formatted.Value) format(topic, payload.toByteArray());
        return new JsonMapper()
                .readTree(Objects.requireNonNull(formats.ingress("sparkplug")).shown(value));
    }

    private JsonNode metric(String topic, SparkplugProto.Payload payload) throws Exception {
        return record(topic, payload).path("metrics").path(0);
    }

    private static SparkplugProto.Payload birth(String name, long alias) {
        return SparkplugProto.Payload.newBuilder()
                .addMetrics(Metric.newBuilder().setName(name).setAlias(alias).setDatatype(INT32))
                .build();
    }

    private static SparkplugProto.Payload nodeBirth(long bdSeq) {
        return birth("speed", 1).toBuilder()
                .addMetrics(
                        Metric.newBuilder().setName("bdSeq").setDatatype(UINT64).setLongValue(bdSeq))
                .build();
    }

    private static SparkplugProto.Payload death(long bdSeq) {
        return SparkplugProto.Payload.newBuilder()
                .addMetrics(
                        Metric.newBuilder().setName("bdSeq").setDatatype(UINT64).setLongValue(bdSeq))
                .build();
    }

    private static SparkplugProto.Payload data(long alias) {
        return SparkplugProto.Payload.newBuilder()
                .addMetrics(Metric.newBuilder().setAlias(alias).setIntValue(-1))
                .build();
    }

    private double unresolved() {
        return registry.get("sluice.sparkplug.metrics.unresolved").counter().count();
    }

    @Test
    void dataHasTheNamesOfItsOwnBirth() throws Exception {
        var node = record("spBv1.0/p/NBIRTH/e", nodeBirth(0));
        var device = record("spBv1.0/p/DBIRTH/e/d", birth("level", 1));

        assertThat(node.path("type").asText()).isEqualTo("NBIRTH");
        assertThat(device.path("device").asText()).isEqualTo("d");
        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").asText()).isEqualTo("speed");
        JsonNode level = metric("spBv1.0/p/DDATA/e/d", data(1));
        assertThat(level.path("name").asText()).isEqualTo("level");
        assertThat(level.path("value").asLong()).isEqualTo(-1);
        assertThat(metric("spBv1.0/p/DCMD/e/d", data(1)).path("name").asText()).isEqualTo("level");
        assertThat(unresolved()).isZero();
        assertThat(metric("spBv1.0/p/DDATA/e/other", data(1)).path("name").isNull())
                .isTrue();
        assertThat(metric("spBv1.0/other/NDATA/e", data(1)).path("name").isNull())
                .isTrue();
        assertThat(unresolved()).isEqualTo(2);
    }

    @Test
    void aBirthTakesThePlaceOfTheOneBefore() throws Exception {
        var first = record("spBv1.0/p/NBIRTH/e", nodeBirth(0));
        var second = record("spBv1.0/p/NBIRTH/e", birth("torque", 1));

        assertThat(first).isNotEqualTo(second);
        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").asText()).isEqualTo("torque");
    }

    @Test
    void theBirthAndTheDeathOfANodeEndItsDevices() throws Exception {
        for (String type : new String[] {"NBIRTH", "NDEATH"}) {
            record("spBv1.0/p/NBIRTH/e", nodeBirth(4));
            record("spBv1.0/p/DBIRTH/e/d", birth("level", 1));
            assertThat(metric("spBv1.0/p/DDATA/e/d", data(1)).path("name").asText())
                    .isEqualTo("level");

            record("spBv1.0/p/" + type + "/e", nodeBirth(4));

            assertThat(metric("spBv1.0/p/DDATA/e/d", data(1)).path("name").isNull())
                    .as(type)
                    .isTrue();
        }
    }

    @Test
    void theWillOfAnEarlierConnectionEndsNothing() throws Exception {
        record("spBv1.0/p/NBIRTH/e", nodeBirth(8));

        record("spBv1.0/p/NDEATH/e", death(7));
        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").asText()).isEqualTo("speed");

        record("spBv1.0/p/NDEATH/e", death(8));
        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").isNull()).isTrue();
    }

    @Test
    void whatWaitsForKafkaHasTheNamesOfWhenItWasReceived() throws Exception {
        Message waiting = message("spBv1.0/p/NDATA/e", data(1).toByteArray());
        record("spBv1.0/p/NBIRTH/e", nodeBirth(8));
        KnownMetrics known = format().onReceived(waiting);
        record("spBv1.0/p/NDEATH/e", death(8));
        record("spBv1.0/p/NBIRTH/e", birth("other", 1));

        Formatted.Value value = (Formatted.Value) format().format(waiting, mapped(), 0, known);

        assertThat(format().shown(value)).contains("\"speed\"").doesNotContain("other");
    }

    @Test
    void aDeviceDiesAlone() throws Exception {
        record("spBv1.0/p/NBIRTH/e", nodeBirth(0));
        record("spBv1.0/p/DBIRTH/e/d", birth("level", 1));

        record("spBv1.0/p/DDEATH/e/d", SparkplugProto.Payload.getDefaultInstance());

        assertThat(metric("spBv1.0/p/DDATA/e/d", data(1)).path("name").isNull()).isTrue();
        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").asText()).isEqualTo("speed");
    }

    @Test
    void aBirthThatCannotBeReadEndsWhatWasKnown() throws Exception {
        record("spBv1.0/p/NBIRTH/e", nodeBirth(0));

        assertThat(format("spBv1.0/p/NBIRTH/e", new byte[] {1, 2, 3})).isInstanceOf(Formatted.Misfit.class);

        assertThat(metric("spBv1.0/p/NDATA/e", data(1)).path("name").isNull()).isTrue();
    }

    @Test
    void beyondTheLimitBirthsAreForgottenAndCounted() throws Exception {
        formats = formats(SchemaSource.NONE, true, 10_000);
        for (int i = 0; i < 100; i++) {
            record("spBv1.0/p/NBIRTH/e" + i, birth("speed", 1));
        }

        assertThat(registry.get("sluice.sparkplug.births.bytes").gauge().value())
                .isBetween(1_000.0, 10_000.0);
        assertThat(registry.get("sluice.sparkplug.births.limit.bytes").gauge().value())
                .isEqualTo(10_000);
        assertThat(registry.get("sluice.sparkplug.births.evicted").counter().count())
                .isGreaterThan(50);
    }

    @Test
    void whatIsNotSparkplugIsMisfit() {
        Formatted.Misfit topic = (Formatted.Misfit) format("spBv1.0/p/XDATA/e", new byte[0]);
        assertThat(topic.path()).isEqualTo("topic");
        assertThat(topic.reason()).isEqualTo(Refusal.PAYLOAD_FORMAT);
        Formatted.Misfit payload = (Formatted.Misfit) format("spBv1.0/p/NDATA/e", "{}".getBytes(UTF_8));
        assertThat(payload.reason()).isEqualTo(Refusal.PAYLOAD_FORMAT);
        SparkplugProto.Payload wrong = SparkplugProto.Payload.newBuilder()
                .addMetrics(Metric.newBuilder().setName("a").setDatatype(INT32).setStringValue("x"))
                .build();
        Formatted.Misfit value = (Formatted.Misfit) format("spBv1.0/p/NDATA/e", wrong.toByteArray());
        assertThat(value.reason()).isEqualTo(Refusal.SCHEMA);
        assertThat(value.message()).isEqualTo("$.metrics[0].value: expected Int32, found a string");
    }

    @Test
    void subscribersGetThePayloadByteForByteOrTheRecordAsJson() {
        byte[] sent = nodeBirth(0).toByteArray();
        byte[] value = ((Formatted.Value) format("spBv1.0/p/NBIRTH/e", sent)).value();

        EgressFormat.Unpacked back =
                Objects.requireNonNull(formats.egress("sparkplug")).unpack(message("spBv1.0/p/NBIRTH/e", value));
        assertThat(((EgressFormat.Unpacked.Done) back).message().payload().bytes())
                .isEqualTo(sent);
        EgressFormat.Unpacked json =
                Objects.requireNonNull(formats.egress("json")).unpack(message("json/e", value));
        assertThat(new String(
                        ((EgressFormat.Unpacked.Done) json).message().payload().bytes(), UTF_8))
                .startsWith("{\"type\":\"NBIRTH\",\"group\":\"p\"");
    }

    @Test
    void withoutSubscribersTheRecordHasNoPayload() {
        byte[] sent = nodeBirth(0).toByteArray();
        int with = ((Formatted.Value) format("spBv1.0/p/NBIRTH/e", sent)).value().length;
        formats = formats(SchemaSource.NONE, false, 1 << 20);
        byte[] value = ((Formatted.Value) format("spBv1.0/p/NBIRTH/e", sent)).value();

        assertThat(value.length).isLessThanOrEqualTo(with - sent.length);
        EgressFormat.Unpacked back =
                Objects.requireNonNull(formats.egress("sparkplug")).unpack(message("spBv1.0/p/NBIRTH/e", value));
        assertThat(((EgressFormat.Unpacked.Misfit) back).detail()).contains("without its payload");
    }

    /** A registry that has no answer yet. */
    private static final class LateSource implements SchemaSource {
        private final CompletableFuture<Void> until = new CompletableFuture<>();
        private boolean known;

        @Override
        public Lookup bySubject(String subject, int version) {
            return new Lookup.Missing(subject);
        }

        @Override
        public Lookup byId(int id) {
            return new Lookup.Missing("id " + id);
        }

        @Override
        public Lookup byFingerprint(long fingerprint) {
            return new Lookup.Missing("fingerprint");
        }

        @Override
        public Lookup registered(String subject, KnownSchema schema) {
            return known
                    ? subject.equals("plant-value")
                            ? new Lookup.Found(KnownSchema.avro(
                                    subject, 7, String.valueOf(schema.schema()), ConvertLimits.DEFAULTS))
                            : new Lookup.Missing(subject)
                    : new Lookup.Pending(until);
        }

        @Override
        public void close() {}
    }

    @Test
    void whatWaitsForItsSchemaCountsOnceAndHasTheRegistrysPrefix() {
        LateSource source = new LateSource();
        formats = formats(source, true, 1 << 20);
        byte[] data = data(1).toByteArray();

        assertThat(format("spBv1.0/p/NDATA/e", data)).isInstanceOf(Formatted.Held.class);
        assertThat(unresolved()).isZero();
        source.known = true;
        Formatted.Value value = (Formatted.Value) format("spBv1.0/p/NDATA/e", data);

        assertThat(value.value()).startsWith(0, 0, 0, 0, 7);
        assertThat(unresolved()).isEqualTo(1);
    }
}
