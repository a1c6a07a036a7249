package io.sluice.kafka.egress;

import io.sluice.kafka.topic.KnownTopic;
import io.sluice.mqtt.port.LogPartition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * The partitions of Kafka's topics as sessions know them: one object each for all sessions that stand in it. As many as
 * there are partitions. Safe for all threads.
 */
final class PartitionNames {

    private record Named(Uuid id, String idText, List<LogPartition> partitions) {}

    private final ConcurrentMap<String, Named> byTopic = new ConcurrentHashMap<>();

    LogPartition of(String kafkaTopic, KnownTopic topic, int partition) {
        return named(kafkaTopic, topic).partitions.get(partition);
    }

    /** The topic's own id, as text. */
    String id(String kafkaTopic, KnownTopic topic) {
        return named(kafkaTopic, topic).idText;
    }

    private Named named(String kafkaTopic, KnownTopic topic) {
        Named known = byTopic.get(kafkaTopic);
        if (known != null && known.id.equals(topic.id()) && known.partitions.size() >= topic.partitions()) {
            return known;
        }
        String idText = topic.id().toString();
        Named made = new Named(
                topic.id(),
                idText,
                IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new LogPartition(kafkaTopic, partition, idText))
                        .toList());
        byTopic.put(kafkaTopic, made);
        return made;
    }

    /** These topics are all that there are. */
    void retain(Map<String, KnownTopic> topics) {
        byTopic.keySet().retainAll(topics.keySet());
    }
}
