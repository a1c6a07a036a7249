package io.sluice.app.scale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.it.ChildSluice;
import io.sluice.app.it.LoadInvariants;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that return at once, each behind by the same records of which it wants ten, are caught up by a handful of
 * scans, not by one for each.
 */
@Tag("alone")
final class ReturningFleetIT {

    private static final Logger log = LoggerFactory.getLogger(ReturningFleetIT.class);
    private static final int WANTED = 10;

    @TempDir
    private Path folder;

    @Test
    void aHundredSessionsShareTheirScans() throws Exception {
        run(100, 50_000);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void tenThousandSessionsShareTheirScans() throws Exception {
        run(10_000, 1_000_000);
    }

    private void run(int sessions, int records) throws Exception {
        Duration patience = Duration.ofMinutes(3);
        // A process of its own: the clients' connections and the server's together are more than one may have open.
        try (ChildSluice sluice = new ChildSluice(folder, null).withJavaOptions("-Xmx1g");
                Fleet fleet = new Fleet(sluice.port())) {
            sluice.start();
            createTopic(sluice.bootstrapServers());
            for (int i = 0; i < sessions; i++) {
                fleet.connect(fleet.add("returning-" + i, false).subscribesTo("fleet/" + i + "/#"));
            }
            await().atMost(patience)
                    .until(() -> fleet.clients().stream().allMatch(client -> client.subscribed)
                            || !fleet.problems().isEmpty());
            assertThat(fleet.problems()).isEmpty();
            // From here on each has a cursor in the topic.
            await().atMost(patience).until(() -> sluice.metric("sluice_tail_partitions") == 4);
            fleet.clients().forEach(client -> fleet.loop().execute(client::disconnect));
            await().atMost(patience).until(() -> fleet.clients().stream().noneMatch(client -> client.connected));
            await().atMost(patience).until(() -> sluice.metric("sluice_connections") == 0);
            produce(sluice.bootstrapServers(), sessions, records);
            double readBefore = sluice.metric("sluice_sweep_records_total");

            long start = System.nanoTime();
            fleet.clients().forEach(fleet::connect);
            await().atMost(patience)
                    .until(() -> fleet.clients().stream().allMatch(client -> client.received() == WANTED));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            double read = sluice.metric("sluice_sweep_records_total") - readBefore;

            log.atInfo()
                    .addKeyValue("sessions", sessions)
                    .addKeyValue("records", records)
                    .addKeyValue("recordsRead", read)
                    .addKeyValue("scans", read / records)
                    .addKeyValue("took", took)
                    .log("All are caught up");
            assertThat(fleet.clients())
                    .allSatisfy(client -> assertThat(client.problems()).isEmpty());
            LoadInvariants.assertHold(sluice.metrics());
            assertThat(read / records)
                    .as("scans of what all had missed (expected: a handful for %s sessions)", sessions)
                    .isBetween(0.5, 10.0);
        }
    }

    private static void createTopic(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic("mqtt.fleet", 4, (short) 1)))
                    .all()
                    .get();
            // A first batch that comes before its leader is there makes later ones fail for long (KAFKA-15591).
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            for (int partition = 0; partition < 4; partition++) {
                all.put(new TopicPartition("mqtt.fleet", partition), OffsetSpec.latest());
            }
            admin.listOffsets(all).all().get();
        }
    }

    private static void produce(String bootstrapServers, int sessions, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            long[] sequences = new long[sessions];
            int every = records / (sessions * WANTED);
            Future<RecordMetadata> last = null;
            for (int i = 0; i < records; i++) {
                int turn = i / every;
                boolean isWanted = i % every == 0 && turn < sessions * WANTED;
                int session = turn % sessions;
                String topic = isWanted ? "fleet/" + session + "/x" : "fleet/other/" + i % 1_000;
                byte[] value = ByteBuffer.allocate(16)
                        .putLong(isWanted ? sequences[session]++ : i)
                        .putLong(0)
                        .array();
                ProducerRecord<byte[], byte[]> row = new ProducerRecord<>("mqtt.fleet", topic.getBytes(UTF_8), value);
                row.headers().add(new RecordHeader("mqtt.topic", topic.getBytes(UTF_8)));
                row.headers().add(new RecordHeader("mqtt.qos", new byte[] {'1'}));
                last = producer.send(row);
            }
            producer.flush();
            if (last != null) {
                last.get();
            }
        }
    }
}
