package io.sluice.kafka.egress;

import io.sluice.mqtt.port.LogPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A partition that is read live. Confined to its tail's thread. */
final class Tailed {

    private final LogPartition partition;
    private long next;
    private long lastTimestampMillis;

    Tailed(TopicPartition partition, Uuid topicId, long next) {
        this.partition = new LogPartition(partition.topic(), partition.partition(), topicId.toString());
        this.next = next;
    }

    LogPartition partition() {
        return partition;
    }

    /** The next offset to hand over. */
    long next() {
        return next;
    }

    void advance(long to) {
        next = to;
    }

    long lastTimestampMillis() {
        return lastTimestampMillis;
    }

    void onRecord(long timestampMillis) {
        lastTimestampMillis = timestampMillis;
    }
}
