package io.sluice.kafka.mapping;

/** What is known of how the writers of a rule's Kafka topics choose a record's partition. */
public enum Partitioner {
    /** Nothing: any partition may hold any record. Always true. */
    ANY,
    /**
     * Every record has the key that the rule makes of its MQTT topic, and is where Kafka's Java client puts this key: at
     * murmur2 of it, modulo the partitions. True of what Sluice writes; what other programs write may be elsewhere
     * (librdkafka chooses by CRC-32 unless it is told to).
     */
    MURMUR2
}
