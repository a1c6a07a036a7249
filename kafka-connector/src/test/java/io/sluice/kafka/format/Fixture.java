package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.schemas.convert.ConvertLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What the tests of formats have in common: a message, where it goes, and schemas that are known or not. */
final class Fixture {

    static final String READING = """
            {"type": "record", "name": "Reading", "namespace": "acme", "fields": [
              {"name": "device", "type": "string"},
              {"name": "temp", "type": ["null", "double"], "default": null}]}
            """;

    static final Mapped READINGS = new Mapped(IngressRule.rest(), "readings", "k".getBytes(UTF_8));

    private Fixture() {}

    static Message message(byte[] payload, @Nullable String contentType, UserProperty... user) {
        return new Message(
                TopicName.of("plant/d1/readings"),
                Qos.AT_LEAST_ONCE,
                false,
                Payload.wrap(payload),
                new MessageProperties(false, MessageProperties.NEVER, contentType, null, null, List.of(user)),
                new ClientId("c1"));
    }

    static Message message(String payload) {
        return message(payload.getBytes(UTF_8), null);
    }

    static IngressFormat ingress(FormatSettings settings, SchemaSource schemas) {
        return new IngressFormat(
                new RuleFormats.Rule("plant/{device}/#", settings), schemas, own(schemas), ConvertLimits.DEFAULTS);
    }

    static EgressFormat egress(EgressFormat.Type type, SchemaSource schemas) {
        return new EgressFormat(type, schemas, own(schemas));
    }

    private static OwnRecords own(SchemaSource schemas) {
        return new OwnRecords(
                new Envelopes(schemas, ConvertLimits.DEFAULTS),
                new SparkplugRecords(schemas, SparkplugBirths.unmetered(), ConvertLimits.DEFAULTS));
    }

    static KnownSchema avro(String subject, int id, String text) {
        return KnownSchema.avro(subject, id, text, ConvertLimits.DEFAULTS);
    }

    /** Of one name the last. */
    static Map<String, String> texts(List<Header> headers) {
        Map<String, String> texts = new HashMap<>();
        headers.forEach(header -> texts.put(header.key(), new String(header.value(), UTF_8)));
        return texts;
    }

    static byte[] bytes(SplittableRandom random, int bound) {
        byte[] bytes = new byte[random.nextInt(bound)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Text of any characters, without those of wildcards. */
    static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt('0', 0x80);
                        case 1 -> random.nextInt(0x80, 0xd800);
                        case 2 -> 0xfffd;
                        default -> random.nextInt(0x10000, 0x110000);
                    });
        }
        return text.toString();
    }

    /** Any message. */
    static Message anyMessage(SplittableRandom random) {
        List<UserProperty> user = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            user.add(new UserProperty(text(random), text(random)));
        }
        MessageProperties properties = new MessageProperties(
                random.nextBoolean(),
                random.nextBoolean() ? MessageProperties.NEVER : random.nextLong(0, Long.MAX_VALUE),
                random.nextBoolean() ? null : text(random),
                random.nextBoolean() ? null : "x" + text(random),
                random.nextBoolean() ? null : Payload.wrap(bytes(random, 8)),
                user);
        return new Message(
                TopicName.of("t/" + text(random)),
                Qos.of(random.nextInt(3)),
                random.nextBoolean(),
                Payload.wrap(bytes(random, 40)),
                properties,
                random.nextBoolean() ? null : new ClientId(text(random)));
    }

    /** Schemas by subject and id, as a registry that has answered has them; what is not there is asked for yet. */
    static final class Known implements SchemaSource {
        final CompletableFuture<Void> answer = new CompletableFuture<>();
        private final Map<String, Lookup> bySubject = new HashMap<>();
        private final Map<Integer, KnownSchema> byId = new HashMap<>();

        Known with(String subject, KnownSchema schema) {
            bySubject.put(subject, new Lookup.Found(schema));
            byId.put(schema.id(), schema);
            return this;
        }

        Known without(String subject) {
            bySubject.put(subject, new Lookup.Missing(subject + ": the registry answers 404"));
            return this;
        }

        @Override
        public Lookup bySubject(String subject, int version) {
            return bySubject.getOrDefault(subject, new Lookup.Pending(answer));
        }

        @Override
        public Lookup byId(int id) {
            KnownSchema known = byId.get(id);
            return known == null ? new Lookup.Pending(answer) : new Lookup.Found(known);
        }

        @Override
        public Lookup byFingerprint(long fingerprint) {
            return new Lookup.Missing("fingerprint " + Long.toHexString(fingerprint));
        }

        @Override
        public Lookup registered(String subject, KnownSchema schema) {
            return bySubject(subject, LATEST);
        }

        @Override
        public void close() {}
    }
}
