package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MessageHeadersTest {

    private static final Message FULL = new Message(
            TopicName.of("a/b"),
            Qos.EXACTLY_ONCE,
            true,
            Payload.of("21.5"),
            new MessageProperties(
                    true,
                    1_700_000_000_000L,
                    "text/plain",
                    "a/answer",
                    Payload.wrap(new byte[] {0, (byte) 0xff}),
                    List.of(
                            new UserProperty("unit", "°C"),
                            new UserProperty("traceparent", "00-1-2-01"),
                            new UserProperty("unit", ""))),
            new ClientId("dev-1"));

    private static List<String> dump(Headers headers) {
        List<String> lines = new ArrayList<>();
        for (Header header : headers) {
            lines.add(header.key() + "=" + new String(header.value(), UTF_8));
        }
        return lines;
    }

    private static Headers headers(IngressRule rule, Message message) {
        return MessageHeaders.of(message, mapped(RuleSet.of(List.of(rule), List.of()), message));
    }

    private static IngressMapping.Mapped mapped(RuleSet rules, Message message) {
        return (IngressMapping.Mapped) rules.map(message.topicName(), message.publisher());
    }

    private static IngressRule rule(HeaderMode mode, @Nullable String key) {
        return Rules.ingress("r", "{x}/#", "t", key, mode, IllegalName.REFUSE);
    }

    @Nested
    class Written {

        @Test
        void sayAllThatMqttSays() {
            assertThat(dump(headers(rule(HeaderMode.ALL, "{x}"), FULL)))
                    .containsExactly(
                            "mqtt.topic=a/b",
                            "mqtt.qos=2",
                            "mqtt.retain=true",
                            "mqtt.client-id=dev-1",
                            "mqtt.content-type=text/plain",
                            "content-type=text/plain",
                            "mqtt.response-topic=a/answer",
                            "mqtt.correlation-data=\0\uFFFD",
                            "mqtt.payload-format=1",
                            "mqtt.expiry=1700000000000",
                            "mqtt.user.unit=°C",
                            "traceparent=00-1-2-01",
                            "mqtt.user.unit=");
        }

        @Test
        void areFewWhereTheRuleSaysSo() {
            assertThat(dump(headers(rule(HeaderMode.MINIMAL, "{x}"), FULL)))
                    .containsExactly("mqtt.topic=a/b", "traceparent=00-1-2-01");
            assertThat(dump(headers(Rules.ingress("r", "#", "t", null, HeaderMode.MINIMAL, IllegalName.REFUSE), FULL)))
                    .containsExactly("traceparent=00-1-2-01");
            assertThat(dump(headers(rule(HeaderMode.NONE, "{x}"), Message.of("a/b", Qos.AT_MOST_ONCE, ""))))
                    .isEmpty();
        }

        @Test
        void includeThoseOfTheRule() {
            IngressRule rule = Rules.withHeaders("{x}/{y}", "t", Map.of("who", "{client-id} in {x}"));

            assertThat(dump(headers(rule, FULL))).contains("mqtt.topic=a/b", "who=dev-1 in a");
        }

        @Test
        void needNoPreparation() {
            IngressMapping.Mapped mapping = new IngressMapping.Mapped(rule(HeaderMode.ALL, null), "t", new byte[0]);

            assertThat(dump(MessageHeaders.of(FULL, mapping))).startsWith("mqtt.topic=a/b", "mqtt.qos=2");
        }
    }

    @Nested
    class Read {

        private final RuleSet rules = RuleSet.of(List.of(IngressRule.rest()), List.of());

        private Message read(Object... namesAndValues) {
            RecordHeaders headers = new RecordHeaders();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                byte[] value = namesAndValues[i + 1] instanceof String text
                        ? text.getBytes(UTF_8)
                        : (byte[]) namesAndValues[i + 1];
                headers.add((String) namesAndValues[i], value);
            }
            return ((RecordMapping.Mapped) rules.toMessage("mqtt.a", "a".getBytes(UTF_8), new byte[] {1}, headers))
                    .message();
        }

        @Test
        void ignoreWhatCannotBe() {
            byte[] malformed = {(byte) 0xc3, 0x28};

            assertThat(read(
                            "mqtt.qos", "3",
                            "mqtt.retain", "maybe",
                            "mqtt.expiry", "99999999999999999999",
                            "mqtt.expiry", "9999999999999999999",
                            "mqtt.expiry", "-1",
                            "mqtt.payload-format", malformed,
                            "mqtt.client-id", malformed,
                            "mqtt.content-type", "a\0b",
                            "mqtt.response-topic", "a/#",
                            "mqtt.correlation-data", new byte[65_536],
                            "mqtt.user.x", malformed,
                            "mqtt.user.\0", "x",
                            "mqtt.unknown", "x"))
                    .isEqualTo(Message.of("a", Qos.AT_LEAST_ONCE, "\u0001"));
        }

        @Test
        void takeTheContentTypeOfKafkaPrograms() {
            assertThat(read("content-type", "application/json").properties().contentType())
                    .isEqualTo("application/json");
            assertThat(read("mqtt.content-type", "mine", "content-type", "theirs")
                            .properties()
                            .contentType())
                    .isEqualTo("mine");
        }

        @Test
        void believeTheLastOfRepeatedOnes() {
            assertThat(read("mqtt.qos", "0", "mqtt.qos", "2").qos()).isEqualTo(Qos.EXACTLY_ONCE);
        }
    }

    @Nested
    class RoundTrip {

        private final Seed seed = new Seed();
        private final SplittableRandom random = seed.random();

        private String text() {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--) {
                text.appendCodePoint(
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(1, 0x80);
                            case 1 -> random.nextInt(0x80, 0xd800);
                            case 2 -> 0xfffd;
                            default -> random.nextInt(0x10000, 0x110000);
                        });
            }
            return text.toString();
        }

        private byte[] bytes() {
            byte[] bytes = new byte[random.nextInt(8)];
            random.nextBytes(bytes);
            return bytes;
        }

        private Message message() {
            List<UserProperty> userProperties = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                String[] names = {"", "a", "traceparent", "tracestate", "mqtt.topic", "content-type", text()};
                userProperties.add(new UserProperty(names[random.nextInt(names.length)], text()));
            }
            MessageProperties properties = new MessageProperties(
                    random.nextBoolean(),
                    random.nextBoolean() ? MessageProperties.NEVER : random.nextLong(0, Long.MAX_VALUE),
                    random.nextBoolean() ? null : text(),
                    random.nextBoolean() ? null : "x" + text().replace('+', '-').replace('#', '-'),
                    random.nextBoolean() ? null : Payload.wrap(bytes()),
                    userProperties);
            return new Message(
                    TopicName.of("t/" + text().replace('+', '-').replace('#', '-')),
                    Qos.of(random.nextInt(3)),
                    random.nextBoolean(),
                    Payload.wrap(bytes()),
                    properties,
                    random.nextBoolean() ? null : new ClientId(text()));
        }

        @Test
        void givesTheMessageBackExactly() {
            RuleSet rules = RuleSet.of(
                    List.of(Rules.ingress("r", "t/#", "kafka", "{client-id}"), IngressRule.rest()), List.of());
            for (int i = 0; i < 20_000; i++) {
                Message message = message();
                IngressMapping.Mapped mapped = mapped(rules, message);

                RecordMapping back = rules.toMessage(
                        mapped.kafkaTopic(),
                        mapped.key(),
                        message.payload().bytes(),
                        MessageHeaders.of(message, mapped));

                assertThat(back).as("%s", seed).isEqualTo(new RecordMapping.Mapped("r", message));
            }
        }

        @Test
        void neverThrowsOnGarbage() {
            RuleSet rules = RuleSet.of(
                    List.of(
                            Rules.ingress("a", "a/{x}/{y...}", "a.{y...}", "{x}-{client-id}"),
                            Rules.ingress("b", "b/{x}/{y}", "b.{x}", "{y}.{x}"),
                            IngressRule.rest()),
                    List.of(Rules.egress("c", "c.{x}", "c/{x}/{key}"), Rules.egress("d", "d.{x}.{y}", "{key}/{y}")));
            String[] topics = {
                "a.x", "a.x.y", "b.x", "mqtt.a", "mqtt.--c3", "mqtt.--empty", "c.x", "d.x.y", "zz", "", "\0"
            };
            String[] names = {
                "mqtt.topic",
                "mqtt.qos",
                "mqtt.retain",
                "mqtt.client-id",
                "mqtt.content-type",
                "content-type",
                "mqtt.response-topic",
                "mqtt.correlation-data",
                "mqtt.payload-format",
                "mqtt.expiry",
                "mqtt.user.",
                "mqtt.user.x",
                "traceparent",
                "mqtt.",
                ""
            };
            String[] values = {
                "", "0", "a/x/y", "a/x", "b/x/y", "c/x/k", "mqtt", "$SYS/x", "x-y", "y.x", "a/#", "1e9", "/"
            };
            for (int i = 0; i < 50_000; i++) {
                RecordHeaders headers = new RecordHeaders();
                for (int j = random.nextInt(5); j > 0; j--) {
                    headers.add(names[random.nextInt(names.length)], value(values));
                }
                RecordMapping mapping =
                        rules.toMessage(topics[random.nextInt(topics.length)], value(values), value(values), headers);

                assertThat(mapping).as("%s", seed).isNotNull();
            }
        }

        private byte @Nullable [] value(String[] values) {
            return switch (random.nextInt(4)) {
                case 0 -> null;
                case 1 -> bytes();
                default -> values[random.nextInt(values.length)].getBytes(UTF_8);
            };
        }
    }
}
