package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.format.EgressFormat.Unpacked;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.junit.jupiter.api.Test;

final class EnvelopesTest {

    private static final int CASES = 2_000;
    private static final long NOW = 1_700_000_000_000L;

    /** Another one by -Dseed=…; each failure prints its own. */
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static final Schema SCHEMA =
            Objects.requireNonNull(Envelopes.schema(ConvertLimits.DEFAULTS).schema());

    private static final IngressFormat OWN =
            Fixture.ingress(FormatSettings.of(FormatSettings.Type.ENVELOPE, null), SchemaSource.NONE);

    private final SplittableRandom random = new SplittableRandom(SEED);

    private static Message bare(Message like, byte[] payload) {
        return new Message(
                like.topicName(),
                like.qos(),
                like.retain(),
                Payload.wrap(payload),
                MessageProperties.NONE,
                like.publisher());
    }

    private static byte[] wrapped(Message message) {
        return wrapped(message, OWN);
    }

    private static byte[] wrapped(Message message, IngressFormat format) {
        Formatted formatted = format.format(message, Fixture.READINGS, NOW);
        assertThat(formatted).isInstanceOf(Formatted.Value.class);
        return ((Formatted.Value) formatted).value();
    }

    @Test
    void whatGoesInComesOutWhateverItIs() {
        EgressFormat back = Fixture.egress(EgressFormat.Type.ENVELOPE, SchemaSource.NONE);
        for (int i = 0; i < CASES; i++) {
            Message message = Fixture.anyMessage(random);

            Unpacked unpacked = back.unpack(bare(message, wrapped(message)));

            assertThat(unpacked).as("-Dseed=%d", SEED).isEqualTo(new Unpacked.Done(message));
        }
    }

    @Test
    void avrosOwnDecoderReadsAllOfIt() throws IOException {
        BinaryMessageDecoder<GenericRecord> decoder = new BinaryMessageDecoder<>(GenericData.get(), SCHEMA);
        for (int i = 0; i < CASES; i++) {
            Message message = Fixture.anyMessage(random);
            MessageProperties properties = message.properties();
            ClientId publisher = message.publisher();

            GenericRecord record = decoder.decode(wrapped(message));

            GenericRecord of5 = (GenericRecord) record.get("properties");
            assertThat(record.get("topic"))
                    .as("-Dseed=%d", SEED)
                    .hasToString(message.topicName().value());
            assertThat(String.valueOf(record.get("clientId")))
                    .isEqualTo(publisher == null ? "null" : publisher.value());
            assertThat(record.get("qos")).isEqualTo(message.qos().level());
            assertThat(record.get("retain")).isEqualTo(message.retain());
            assertThat(record.get("timestamp")).isEqualTo(NOW);
            assertThat(record.get("payload"))
                    .isEqualTo(ByteBuffer.wrap(message.payload().bytes()));
            assertThat(of5.get("payloadFormatUtf8")).isEqualTo(properties.payloadFormatUtf8());
            assertThat(of5.get("expiry"))
                    .isEqualTo(
                            properties.expiryEpochMillis() == MessageProperties.NEVER
                                    ? null
                                    : properties.expiryEpochMillis());
            assertThat((List<?>) of5.get("user")).hasSameSizeAs(properties.userProperties());
        }
    }

    @Test
    void withARegistryItsIdStandsInFront() throws IOException {
        Fixture.Known known = new Fixture.Known().with("readings-value", Fixture.avro("e", 77, SCHEMA.toString()));
        Message message = Fixture.message("any");

        byte[] value = wrapped(message, Fixture.ingress(FormatSettings.of(FormatSettings.Type.ENVELOPE, null), known));

        assertThat(Arrays.copyOf(value, 5)).containsExactly(0, 0, 0, 0, 77);
        GenericRecord record = new GenericDatumReader<GenericRecord>(SCHEMA)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
        assertThat(record.get("payload")).isEqualTo(ByteBuffer.wrap("any".getBytes(UTF_8)));
        assertThat(Fixture.egress(EgressFormat.Type.ENVELOPE, known).unpack(bare(message, value)))
                .isEqualTo(new Unpacked.Done(message));
    }

    @Test
    void whatIsNotRegisteredIsAMisfitThatSaysWhatToDoAndWhatIsNotKnownYetWaits() {
        IngressFormat format = Fixture.ingress(
                FormatSettings.of(FormatSettings.Type.ENVELOPE, null), new Fixture.Known().without("readings-value"));
        Formatted.Misfit misfit = (Formatted.Misfit) format.format(Fixture.message("any"), Fixture.READINGS, NOW);

        assertThat(misfit.message())
                .isEqualTo("readings-value: the registry answers 404 for the envelope (expected: registered, or"
                        + " schema-registry.auto-register)");
        assertThat(Fixture.ingress(FormatSettings.of(FormatSettings.Type.ENVELOPE, "other"), new Fixture.Known())
                        .format(Fixture.message("any"), Fixture.READINGS, NOW))
                .isInstanceOf(Formatted.Held.class);
    }

    @Test
    void aLaterEnvelopeIsReadAndAnotherRecordIsNone() {
        String later =
                SCHEMA.toString().replaceFirst("\"fields\":\\[", "\"fields\":[{\"name\":\"more\",\"type\":\"int\"},");
        KnownSchema more = Fixture.avro("later", 5, later);
        Fixture.Known known =
                new Fixture.Known().with("l", more).with("r", Fixture.avro("reading", 6, Fixture.READING));
        byte[] own = wrapped(Fixture.message("any"));
        byte[] value = ByteBuffer.allocate(own.length - KnownSchema.FINGERPRINT_PREFIX_BYTES + 6)
                .put(more.prefix())
                .put((byte) 2)
                .put(own, KnownSchema.FINGERPRINT_PREFIX_BYTES, own.length - KnownSchema.FINGERPRINT_PREFIX_BYTES)
                .array();
        EgressFormat back = Fixture.egress(EgressFormat.Type.ENVELOPE, known);

        assertThat(back.unpack(bare(Fixture.message(""), value))).isEqualTo(new Unpacked.Done(Fixture.message("any")));
        assertThat(back.unpack(bare(Fixture.message(""), new byte[] {0, 0, 0, 0, 6, 2, 'a', 0})))
                .isEqualTo(new Unpacked.Misfit("reading (expected: one that io.sluice.Envelope can read)"));
    }

    @Test
    void whatIsCutOrChangedIsAMisfitOrAMessageAndNeverMore() {
        EgressFormat back = Fixture.egress(EgressFormat.Type.ENVELOPE, SchemaSource.NONE);
        int misfits = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] value = wrapped(Fixture.anyMessage(random));
            byte[] spoiled = random.nextBoolean() ? Arrays.copyOf(value, random.nextInt(value.length)) : value;
            for (int changes = random.nextInt(1, 4); changes > 0 && spoiled.length > 10; changes--) {
                spoiled[random.nextInt(10, spoiled.length)] = (byte) random.nextInt(256);
            }

            Unpacked unpacked = back.unpack(new Message(
                    TopicName.of("a"), Qos.AT_MOST_ONCE, false, Payload.wrap(spoiled), MessageProperties.NONE, null));

            assertThat(unpacked).as("-Dseed=%d", SEED).isNotInstanceOf(Unpacked.Held.class);
            misfits += unpacked instanceof Unpacked.Misfit ? 1 : 0;
        }
        assertThat(misfits).as("misfits").isGreaterThan(CASES / 4);
    }
}
