package io.sluice.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.kafka.ingress.IngressSettings;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress.Lane;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.PublishOutcome.Stored;
import io.sluice.mqtt.port.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaIngressIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private EmbeddedKafka kafka;

    private final ThreadLoop loop = new ThreadLoop();

    @BeforeEach
    void start() throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder, 0));
        kafka.start();
    }

    @AfterEach
    void stop() {
        loop.close();
        kafka.close();
    }

    @Test
    void aTopicIsCreatedOnFirstUseAndTheOrderOfALaneIsKept() throws Exception {
        try (KafkaSide side = new KafkaSide(kafka.bootstrapServers())) {
            List<PublishOutcome> outcomes = new CopyOnWriteArrayList<>();
            Lane lane = loop.call(() -> side.ingress.open(loop, () -> {}));

            loop.execute(() -> {
                for (int i = 0; i < 1000; i++) {
                    lane.publish(Message.of("plant/1/temp", Qos.AT_LEAST_ONCE, "v" + i), outcomes::add);
                }
            });

            await().atMost(LONG).untilAsserted(() -> assertThat(outcomes).hasSize(1000));
            assertThat(outcomes).allMatch(Stored.class::isInstance);
            assertThat(values("mqtt.plant"))
                    .hasSize(1000)
                    .startsWith("v0", "v1", "v2")
                    .endsWith("v998", "v999");
            assertThat(side.ingress.inflightBytes()).isZero();
            assertThat(loop.call(lane::pending)).isZero();
            assertThat(side.registry.scrape())
                    .contains("sluice_ingress_acknowledged_total{qos=\"1\",rule=\"rest\"} 1000.0")
                    .contains("sluice_ingress_rejected_total{reason=\"topic_name\",rule=\"rest\"} 0.0")
                    .contains("sluice_ingress_qos0_lost_total{reason=\"kafka\",rule=\"rest\"} 0.0")
                    .contains("sluice_ingress_inflight_bytes 0.0")
                    .contains("sluice_ingress_inflight_limit_bytes ")
                    .contains("sluice_ingress_gate_closed 0.0")
                    .contains("sluice_ingress_gate_closed_seconds_total ")
                    .contains("sluice_kafka_produce_duration_seconds_bucket{le=\"0.0025\"}")
                    .contains("sluice_kafka_produce_errors_total{error=\"other\"} 0.0")
                    .contains("sluice_kafka_up 1.0")
                    .contains("sluice_kafka_topics 1.0")
                    .contains("sluice_kafka_topics_limit 1000.0")
                    .contains("sluice_kafka_topic_creations_total{outcome=\"created\"} 1.0");
        }
    }

    @Test
    void oneTopicBeyondTheLimitIsRefused() throws Exception {
        try (KafkaSide side = new KafkaSide(
                kafka.bootstrapServers(), IngressSettings.DEFAULTS, new TopicSettings(Duration.ofSeconds(1), 2))) {
            List<PublishOutcome> outcomes = new CopyOnWriteArrayList<>();
            Lane lane = loop.call(() -> side.ingress.open(loop, () -> {}));

            loop.execute(() -> {
                for (String first : List.of("a", "b", "c", "a")) {
                    lane.publish(Message.of(first + "/1", Qos.AT_LEAST_ONCE, "x"), outcomes::add);
                }
            });

            await().atMost(LONG).untilAsserted(() -> assertThat(outcomes).hasSize(4));
            assertThat(outcomes.stream().filter(Refused.class::isInstance).map(o -> ((Refused) o).refusal()))
                    .containsExactly(Refusal.TOPIC_LIMIT);
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenKafkaIsRestartedUnderLoad() throws Exception {
        int lanes = 20;
        int messages = 300;
        try (KafkaSide side = new KafkaSide(
                kafka.bootstrapServers(),
                new IngressSettings(64 << 10, 16 << 10, 64, 16 << 20),
                new TopicSettings(Duration.ofSeconds(1), 1000))) {
            Map<String, PublishOutcome> outcomes = new ConcurrentHashMap<>();
            List<Lane> open = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                open.add(loop.call(() -> side.ingress.open(loop, () -> {})));
            }
            publish(open, 0, messages / 2, outcomes);
            await().atMost(LONG).until(() -> !outcomes.isEmpty());
            kafka.close();
            publish(open, messages / 2, messages, outcomes);
            // By the gate, or by the topic, if a dying broker has said last that it has no leader.
            await().atMost(LONG).until(() -> loop.call(() -> open.stream().noneMatch(Lane::isReadable)));
            assertThat(side.ingress.inflightBytes()).isLessThanOrEqualTo(64 << 10);

            kafka.start();

            await().atMost(LONG).untilAsserted(() -> assertThat(outcomes).hasSize(lanes * messages));
            assertThat(outcomes.values()).allMatch(Stored.class::isInstance);
            assertThat(side.ingress.inflightBytes()).isZero();
            assertThat(loop.call(() -> open.stream().allMatch(Lane::isReadable)))
                    .isTrue();
            List<String> stored = values("mqtt.load");
            assertThat(stored).hasSize(lanes * messages).doesNotHaveDuplicates();
            for (int lane = 0; lane < lanes; lane++) {
                String prefix = lane + ":";
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < messages; i++) {
                    expected.add(prefix + i);
                }
                assertThat(stored.stream().filter(value -> value.startsWith(prefix)))
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void whatWaitsForADeletedTopicThatNoRuleMakesAgainIsRefusedAndNothingElseIsLost() throws Exception {
        IngressRule rest = IngressRule.rest();
        IngressRule creatingNothing = new IngressRule(
                rest.name(),
                rest.filter(),
                rest.topic(),
                rest.key(),
                rest.qosMax(),
                rest.headerMode(),
                rest.headers(),
                rest.illegalName(),
                rest.subscribe(),
                rest.partitioner(),
                new TopicCreation(false, -1, (short) -1, Map.of()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaSide side = new KafkaSide(
                        kafka.bootstrapServers(),
                        new IngressSettings(64 << 10, 16 << 10, 64, 16 << 20),
                        new TopicSettings(Duration.ofSeconds(1), 1000),
                        creatingNothing)) {
            admin.createTopics(
                            List.of(new NewTopic("mqtt.gone", 1, (short) 1), new NewTopic("mqtt.stays", 1, (short) 1)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            Stream gone = new Stream(side, "gone/1");
            Stream stays = new Stream(side, "stays/1");
            await().atMost(LONG).until(() -> gone.outcomes.size() > 500 && stays.outcomes.size() > 500);

            admin.deleteTopics(List.of("mqtt.gone")).all().get(60, TimeUnit.SECONDS);

            await().atMost(LONG).until(() -> gone.outcomes.stream().anyMatch(Refused.class::isInstance));
            int staysThen = stays.outcomes.size();
            await().atMost(LONG).until(() -> stays.outcomes.size() > staysThen + 500);
            gone.stop();
            stays.stop();
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(gone.outcomes).hasSize(gone.published.get());
                assertThat(stays.outcomes).hasSize(stays.published.get());
            });
            assertThat(side.ingress.inflightBytes()).isZero();
            assertThat(stays.outcomes).allMatch(Stored.class::isInstance);
            assertThat(gone.outcomes.stream().filter(Refused.class::isInstance).map(o -> ((Refused) o).refusal()))
                    .isNotEmpty()
                    .allMatch(Refusal.TOPIC_NAME::equals);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < stays.published.get(); i++) {
                expected.add("v" + i);
            }
            assertThat(values("mqtt.stays")).containsExactlyElementsOf(expected);
        }
    }

    /** A connection that publishes as much as it may, with numbers. */
    private final class Stream {
        final List<PublishOutcome> outcomes = new CopyOnWriteArrayList<>();
        final AtomicInteger published = new AtomicInteger();
        private final String topic;
        private final Lane lane;
        private volatile boolean running = true;

        Stream(KafkaSide side, String topic) throws Exception {
            this.topic = topic;
            lane = loop.call(() -> side.ingress.open(loop, () -> {}));
            loop.execute(this::run);
        }

        private void run() {
            for (int i = 0; i < 10 && lane.isReadable(); i++) {
                lane.publish(Message.of(topic, Qos.AT_LEAST_ONCE, "v" + published.getAndIncrement()), outcomes::add);
            }
            if (running) {
                loop.schedule(Duration.ofMillis(1), this::run);
            }
        }

        void stop() throws Exception {
            running = false;
            loop.call(() -> true);
        }
    }

    private void publish(List<Lane> lanes, int from, int to, Map<String, PublishOutcome> outcomes) {
        loop.execute(() -> {
            for (int i = from; i < to; i++) {
                for (int lane = 0; lane < lanes.size(); lane++) {
                    String value = lane + ":" + i;
                    lanes.get(lane)
                            .publish(
                                    Message.of("load/" + lane, Qos.AT_LEAST_ONCE, value),
                                    outcome -> outcomes.put(value, outcome));
                }
            }
        });
    }

    private List<String> values(String topic) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> row : consumer.poll(Duration.ofMillis(100))) {
                    values.add(row.value());
                }
            }
        }
        return values;
    }
}
