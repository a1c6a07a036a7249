package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.SessionCursor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The sessions topic as any other program sees it. */
final class SessionRecordsInKafka {

    private static final String TOPIC = "_sluice.sessions";
    private static final StateCodec<SessionCursor> CURSORS = StateSchemas.sessionCursor();

    private SessionRecordsInKafka() {}

    /** The latest value of each key of a client, by what follows the client id. */
    static Map<String, byte[]> of(String bootstrapServers, String clientId) {
        Map<String, byte[]> latest = new HashMap<>();
        read(bootstrapServers, clientId, (part, value) -> {
            if (value == null) {
                latest.remove(part);
            } else {
                latest.put(part, value);
            }
        });
        return latest;
    }

    /** Takes a record. */
    private interface Taker {
        void take(String part, byte @Nullable [] value);
    }

    /**
     * What was written of a client, in that order: of each record what follows the client id in its key, cut to one
     * letter, behind a minus when it removes.
     */
    static List<String> kinds(String bootstrapServers, String clientId) {
        List<String> kinds = new ArrayList<>();
        read(bootstrapServers, clientId, (part, value) -> {
            String kind = part.isEmpty() ? "session" : part.substring(1, 2);
            kinds.add(value == null ? "-" + kind : kind);
        });
        return kinds;
    }

    private static void read(String bootstrapServers, String clientId, Taker taker) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(info -> new TopicPartition(TOPIC, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    String key = new String(record.key(), UTF_8);
                    if (key.equals(clientId) || key.startsWith(clientId + "\u0000")) {
                        taker.take(key.substring(clientId.length()), record.value());
                    }
                }
            }
        }
    }

    /** Whether a cursor knows of this delivery. */
    static boolean hasInFlight(String bootstrapServers, String clientId, int packetId) throws IOException {
        for (Map.Entry<String, byte[]> one : of(bootstrapServers, clientId).entrySet()) {
            if (one.getKey().startsWith("\u0000c")
                    && CURSORS.decode(one.getValue()).getInFlight().stream()
                            .anyMatch(delivery -> delivery.getPacketId() == packetId)) {
                return true;
            }
        }
        return false;
    }
}
