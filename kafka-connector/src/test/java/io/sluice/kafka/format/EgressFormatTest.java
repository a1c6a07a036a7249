package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.format.EgressFormat.Unpacked;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.schemas.convert.ConvertLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EgressFormatTest {

    private static final byte[] FRAMED = {0, 0, 0, 1, 2, 2, 'd', 0};
    private static final byte[] BARE = {2, 'd', 0};

    private final KnownSchema reading = Fixture.avro("readings-value", 258, Fixture.READING);
    private final Fixture.Known known = new Fixture.Known()
            .with("readings-value", reading)
            .with("checked", KnownSchema.json("checked", 9, "{}", ConvertLimits.DEFAULTS));

    private Unpacked unpack(EgressFormat.Type type, byte[] value, @Nullable String contentType) {
        return Fixture.egress(type, known).unpack(Fixture.message(value, contentType));
    }

    private static Message done(Unpacked unpacked) {
        assertThat(unpacked).isInstanceOf(Unpacked.Done.class);
        return ((Unpacked.Done) unpacked).message();
    }

    @Test
    void avroBecomesJsonThatSaysItIs() {
        Message message = done(unpack(EgressFormat.Type.AVRO_TO_JSON, FRAMED, null));

        assertThat(message.payload().utf8()).isEqualTo("{\"device\":\"d\",\"temp\":null}");
        assertThat(message.properties().contentType()).isEqualTo("application/json");
        assertThat(message.properties().payloadFormatUtf8()).isTrue();
        assertThat(done(unpack(EgressFormat.Type.AVRO_TO_JSON, FRAMED, "application/vnd.acme+json"))
                        .properties()
                        .contentType())
                .as("what the other program has said")
                .isEqualTo("application/vnd.acme+json");
    }

    @Test
    void avroIsWhatStandsBehindThePrefix() {
        assertThat(done(unpack(EgressFormat.Type.AVRO, FRAMED, null)).payload().bytes())
                .isEqualTo(BARE);
    }

    @Test
    void whatHasClearedARetainedMessageIsNotLookedAt() {
        Message cleared =
                new Message(TopicName.of("a"), Qos.AT_LEAST_ONCE, true, Payload.EMPTY, MessageProperties.NONE, null);

        assertThat(Fixture.egress(EgressFormat.Type.AVRO_TO_JSON, known).unpack(cleared))
                .isEqualTo(new Unpacked.Done(cleared));
    }

    @Test
    void whatIsRawIsNotLookedAt() {
        byte[] any = {1, 2, 3};

        assertThat(done(unpack(EgressFormat.Type.RAW, any, null)).payload().bytes())
                .isSameAs(any);
    }

    @Test
    void byContentTypeEachComesOutAsItWentIn() {
        assertThat(done(unpack(EgressFormat.Type.BY_CONTENT_TYPE, FRAMED, "application/json"))
                        .payload()
                        .utf8())
                .isEqualTo("{\"device\":\"d\",\"temp\":null}");
        assertThat(done(unpack(EgressFormat.Type.BY_CONTENT_TYPE, FRAMED, "avro/binary"))
                        .payload()
                        .bytes())
                .isEqualTo(BARE);
        assertThat(done(unpack(EgressFormat.Type.BY_CONTENT_TYPE, FRAMED, "text/plain"))
                        .payload()
                        .bytes())
                .isEqualTo(FRAMED);
    }

    @Test
    void whatIsNoAvroOfAKnownSchemaIsAMisfitThatSaysWhy() {
        assertThat(unpack(EgressFormat.Type.AVRO_TO_JSON, "21.5".getBytes(UTF_8), null))
                .isEqualTo(new Unpacked.Misfit("value: neither magic byte and id nor a fingerprint (expected: Avro)"));
        assertThat(unpack(EgressFormat.Type.AVRO_TO_JSON, new byte[] {0, 0, 0, 0, 9, 1}, null))
                .isEqualTo(new Unpacked.Misfit("checked is a JSON Schema (expected: an Avro schema)"));
        assertThat(unpack(EgressFormat.Type.AVRO_TO_JSON, new byte[] {0, 0, 0, 1, 2, 2, 'd'}, null))
                .isInstanceOf(Unpacked.Misfit.class);
        assertThat(unpack(EgressFormat.Type.AVRO, new byte[] {0, 0, 0, 1, 2, 2, 'd', 0, 0}, null))
                .isInstanceOf(Unpacked.Misfit.class);
    }

    @Test
    void anIdThatIsAskedForYetWaits() {
        assertThat(unpack(EgressFormat.Type.AVRO_TO_JSON, new byte[] {0, 0, 0, 0, 5, 0}, null))
                .isEqualTo(new Unpacked.Held(known.answer));
    }

    @Test
    void withoutARegistryTheFingerprintSaysTheSchema() {
        KnownSchema inFolder = Fixture.avro("readings-value", KnownSchema.NO_ID, Fixture.READING);
        byte[] value = new byte[KnownSchema.FINGERPRINT_PREFIX_BYTES + BARE.length];
        System.arraycopy(inFolder.prefix(), 0, value, 0, KnownSchema.FINGERPRINT_PREFIX_BYTES);
        System.arraycopy(BARE, 0, value, KnownSchema.FINGERPRINT_PREFIX_BYTES, BARE.length);

        assertThat(KnownSchema.isFingerprinted(value)).isTrue();
        assertThat(KnownSchema.fingerprintOf(value)).isEqualTo(inFolder.fingerprint());
        assertThat(unpack(EgressFormat.Type.AVRO_TO_JSON, value, null))
                .isEqualTo(new Unpacked.Misfit("fingerprint " + Long.toHexString(inFolder.fingerprint())));
    }

    @Test
    void subscribersOfARuleFromMqttGetWhatWasPublished() {
        Map<String, RuleFormats.Rule> rules = Map.of(
                "avro", rule(FormatSettings.Type.JSON_TO_AVRO),
                "bare", rule(FormatSettings.Type.AVRO),
                "json", rule(FormatSettings.Type.JSON),
                "raw", rule(FormatSettings.Type.RAW));

        RuleFormats formats =
                RuleFormats.of(rules, Map.of("own", EgressFormat.Type.RAW), known, ConvertLimits.DEFAULTS);

        assertThat(formats.ingress("raw")).isNull();
        assertThat(formats.egress("own")).isNull();
        assertThat(formats.egress("json")).isNull();
        EgressFormat back = formats.egress("avro");
        EgressFormat bare = formats.egress("bare");
        assertThat(back).isNotNull();
        assertThat(bare).isNotNull();
        if (back != null && bare != null) {
            assertThat(done(back.unpack(Fixture.message(FRAMED, null)))
                            .payload()
                            .utf8())
                    .isEqualTo("{\"device\":\"d\",\"temp\":null}");
            assertThat(done(bare.unpack(Fixture.message(FRAMED, null)))
                            .payload()
                            .bytes())
                    .isEqualTo(BARE);
        }
    }

    private static RuleFormats.Rule rule(FormatSettings.Type type) {
        return new RuleFormats.Rule("#", FormatSettings.of(type, "readings-value"));
    }
}
