package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.it.ChildSluice.Stop;
import io.sluice.app.it.SpanCollector.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device's trace goes through Sluice: a span arrives at a collector, and the record goes on from it. */
final class TracingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String DEVICE = "00f067aa0ba902b7";
    private static final int PRODUCER = 4;

    @TempDir
    private Path folder;

    @Test
    void aSampledMessageIsASpanAndWhatIsNotSampledPassesUntouched() throws Exception {
        try (SpanCollector collector = new SpanCollector();
                ChildSluice sluice = new ChildSluice(
                        folder,
                        null,
                        "",
                        "observability: {tracing: {endpoint: '%s', sample-ratio: 0}}"
                                .formatted(collector.endpoint()))) {
            sluice.start();
            String notSampled = "00-" + TRACE + "-" + DEVICE + "-00";
            byte[] ofTrace = Property.userProperty("traceparent", "00-" + TRACE + "-" + DEVICE + "-01");
            try (RawClient client = sluice.open()) {
                client.connect(new Connect(Protocol.MQTT_5, "dev1"));
                client.publish("traced/a", "1", 1, false, ofTrace);
                client.publish("traced/a", "2", 2, false, ofTrace);
                client.publish("traced/a", "3", 1, false, Property.userProperty("traceparent", notSampled));
                client.publish("traced/a", "4");
            }
            await().atMost(PATIENCE).until(() -> collector.spans().size() >= 2);
            List<ConsumerRecord<String, String>> rows = records(sluice.bootstrapServers(), 4);
            sluice.stop(Stop.TERMINATE);

            assertThat(collector.problems()).isEmpty();
            assertThat(collector.spans()).hasSize(2).allSatisfy(span -> {
                assertThat(span.name()).isEqualTo("publish");
                assertThat(span.traceId()).isEqualTo(TRACE);
                assertThat(span.parentSpanId()).isEqualTo(DEVICE);
                assertThat(span.kind()).isEqualTo(PRODUCER);
            });
            assertThat(rows).extracting(ConsumerRecord::value).containsExactlyInAnyOrder("1", "2", "3", "4");
            assertThat(rows)
                    .filteredOn(row -> row.value().equals("1") || row.value().equals("2"))
                    .extracting(TracingIT::traceParent)
                    .containsExactlyInAnyOrderElementsOf(collector.spans().stream()
                            .map(Span::spanId)
                            .map(spanId -> "00-" + TRACE + "-" + spanId + "-01")
                            .toList());
            assertThat(rows)
                    .filteredOn(row -> row.value().equals("3"))
                    .extracting(TracingIT::traceParent)
                    .containsExactly(notSampled);
            assertThat(rows)
                    .filteredOn(row -> row.value().equals("4"))
                    .extracting(TracingIT::traceParent)
                    .containsExactly("none");
        }
    }

    private static String traceParent(ConsumerRecord<String, String> row) {
        var header = row.headers().lastHeader("traceparent");
        return header == null ? "none" : new String(header.value(), UTF_8);
    }

    private static List<ConsumerRecord<String, String>> records(String bootstrapServers, int count) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("isolation.level", "read_committed");
        List<ConsumerRecord<String, String>> rows = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("mqtt.traced").stream()
                    .map(info -> new TopicPartition("mqtt.traced", info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (rows.size() < count && System.nanoTime() < until) {
                consumer.poll(Duration.ofMillis(200)).forEach(rows::add);
            }
        }
        return rows;
    }
}
