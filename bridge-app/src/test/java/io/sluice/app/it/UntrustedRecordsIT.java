package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records of strangers on a data topic: whatever they hold, what is right comes through, and nobody is sent away. */
@ExtendWith(SluiceExtension.class)
final class UntrustedRecordsIT {

    private static final List<String> REASONS =
            List.of("egress_topic_invalid", "egress_topic_not_of_rule", "egress_no_value");

    /** A record that is no message. */
    private record Bad(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {}

    /** A record that is a message, although a header of it is nothing. */
    private record Odd(String payload, List<Header> headers) {}

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Header header(String name, byte @Nullable [] value) {
        return new RecordHeader(name, value);
    }

    private static Header header(String name, String value) {
        return header(name, bytes(value));
    }

    private static List<Bad> bad(String prefix) {
        List<Bad> bad = new ArrayList<>();
        byte[] value = bytes("never");
        for (String topic : List.of(
                "",
                "#",
                "+",
                prefix + "/#",
                prefix + "/+",
                prefix + "/+/x",
                prefix + "/a#",
                prefix + "/\0",
                "\0",
                prefix + "/" + "x".repeat(70_000),
                "readings/another/x",
                "$SYS/broker",
                "telemetry/acme/d1/temp",
                "/" + prefix + "/x",
                "readings")) {
            bad.add(new Bad(bytes(prefix + "/ok"), value, List.of(header("mqtt.topic", topic))));
        }
        for (byte[] topic : List.of(
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xFF, (byte) 0xFE},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                new byte[] {'r', (byte) 0xE2, (byte) 0x82})) {
            bad.add(new Bad(bytes(prefix + "/ok"), value, List.of(header("mqtt.topic", topic))));
        }
        bad.add(new Bad(null, value, List.of()));
        bad.add(new Bad(new byte[0], value, List.of()));
        bad.add(new Bad(new byte[] {(byte) 0xFF}, value, List.of()));
        bad.add(new Bad(bytes(prefix + "/#"), value, List.of()));
        bad.add(new Bad(bytes(prefix + "/+"), value, List.of()));
        bad.add(new Bad(bytes(prefix + "/\0"), value, List.of()));
        bad.add(new Bad(bytes("readings/another/x"), value, List.of()));
        bad.add(new Bad(bytes(prefix + "/ok"), null, List.of()));
        bad.add(new Bad(bytes(prefix + "/ok"), null, List.of(header("mqtt.topic", prefix + "/ok"))));
        bad.add(new Bad(null, null, List.of()));
        return bad;
    }

    private static List<Odd> odd(String subscriber) {
        List<Odd> odd = new ArrayList<>();
        for (String expiry : List.of("-1", "", "abc", "1e9", "9".repeat(40), "9223372036854775806", " 1")) {
            odd.add(new Odd("expiry " + odd.size(), List.of(header("mqtt.expiry", expiry))));
        }
        for (String qos : List.of("3", "-1", "", "2222", "x")) {
            odd.add(new Odd("qos " + odd.size(), List.of(header("mqtt.qos", qos))));
        }
        odd.add(new Odd(
                "null header", List.of(header("mqtt.qos", (byte[]) null), header("mqtt.topic", (byte[]) null))));
        odd.add(new Odd("retain", List.of(header("mqtt.retain", "perhaps"))));
        odd.add(new Odd("format", List.of(header("mqtt.payload-format", new byte[] {(byte) 0xFF}))));
        odd.add(new Odd("correlation", List.of(header("mqtt.correlation-data", new byte[70_000]))));
        odd.add(new Odd("content", List.of(header("mqtt.content-type", "a\0b"))));
        odd.add(new Odd("response", List.of(header("mqtt.response-topic", "a/#"))));
        odd.add(new Odd("user", List.of(header("mqtt.user.", new byte[] {(byte) 0xFF}), header("mqtt.user.\0", "x"))));
        odd.add(new Odd("forged", List.of(header("mqtt.client-id", subscriber))));
        odd.add(new Odd("forged badly", List.of(header("mqtt.client-id", new byte[] {(byte) 0xC0}))));
        List<Header> many = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            many.add(header("h" + i % 100, ""));
        }
        odd.add(new Odd("many headers", many));
        List<Header> properties = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            properties.add(header("mqtt.user.p", "v"));
        }
        odd.add(new Odd("many properties", properties));
        odd.add(new Odd("huge " + "x".repeat(500_000), List.of()));
        return odd;
    }

    @Test
    void whatIsRightArrivesWhatIsNotIsCountedAndNobodyIsSentAway(RunningSluice sluice) throws Exception {
        String site = sluice.unique("strange");
        String topic = "readings." + site;
        String prefix = "readings/" + site;
        new KafkaPrograms(sluice).createTopic(topic, 1);
        String liveId = sluice.unique("live");
        String awayId = sluice.unique("away");
        List<Bad> bad = bad(prefix);
        List<Odd> odd = odd(liveId);
        assertThat(bad.size() + odd.size()).isGreaterThanOrEqualTo(50);
        List<String> wanted = new ArrayList<>();
        try (RawClient live = sluice.connect(MQTT_5, liveId, connect -> {});
                RawClient old = sluice.connect(MQTT_3_1_1);
                RawClient zero = sluice.connect(MQTT_5)) {
            try (RawClient leaving = sluice.connect(MQTT_5, awayId, Connect::persistent)) {
                leaving.subscribe("readings/#", 1);
                leaving.disconnect();
            }
            live.subscribe(prefix + "/#", 1);
            old.subscribe("readings/+/ok", 1);
            zero.subscribe(prefix + "/ok", 0);
            double skippedBefore = skipped(sluice);

            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", sluice.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int i = 0; i < Math.max(bad.size(), odd.size()); i++) {
                    if (i < bad.size()) {
                        Bad record = bad.get(i);
                        send(producer, topic, record.key(), record.value(), record.headers());
                    }
                    send(producer, topic, bytes(prefix + "/ok"), bytes("good " + i), List.of());
                    wanted.add("good " + i);
                    if (i < odd.size()) {
                        send(
                                producer,
                                topic,
                                bytes(prefix + "/ok"),
                                bytes(odd.get(i).payload()),
                                odd.get(i).headers());
                        wanted.add(odd.get(i).payload());
                    }
                }
                // Long over: not delivered, and not counted as skipped.
                send(producer, topic, bytes(prefix + "/ok"), bytes("over"), List.of(header("mqtt.expiry", "1")));
                send(producer, topic, bytes(prefix + "/ok"), bytes("end"), List.of());
            }

            assertThat(live.payloadsUntil("end")).containsExactlyElementsOf(wanted);
            assertThat(old.payloadsUntil("end")).containsExactlyElementsOf(wanted);
            assertThat(zero.payloadsUntil("end")).containsExactlyElementsOf(wanted);
            assertThat(live.isAlive()).isTrue();
            assertThat(zero.isAlive()).isTrue();
            // By the tail, and once more by a sweep where a session was a little behind.
            await().untilAsserted(
                            () -> assertThat(skipped(sluice) - skippedBefore).isGreaterThanOrEqualTo(bad.size()));
            assertThat(REASONS)
                    .allSatisfy(reason ->
                            assertThat(skipped(sluice, reason)).as(reason).isPositive());

            try (RawClient away = sluice.connect(MQTT_5, awayId, Connect::persistent)) {
                assertThat(away.connAck().isSessionPresent()).isTrue();
                assertThat(away.payloadsUntil("end")).containsExactlyElementsOf(wanted);
                assertThat(away.isAlive()).isTrue();
            }
            assertThat(sluice.metric("sluice.bugs")).isZero();
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, key, value, headers)).get(30, TimeUnit.SECONDS);
    }

    private static double skipped(RunningSluice sluice) {
        return REASONS.stream().mapToDouble(reason -> skipped(sluice, reason)).sum();
    }

    private static double skipped(RunningSluice sluice, String reason) {
        return sluice.metric("sluice.deliveries.discarded", "reason", reason);
    }
}
