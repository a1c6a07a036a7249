package io.sluice.kafka.egress;

/**
 * How Kafka is read.
 *
 * @param tailThreads threads that read live partitions, each with a consumer
 * @param readerThreads threads that read for those who are behind the tail, each with a consumer
 */
public record EgressSettings(int tailThreads, int readerThreads) {

    public static final EgressSettings DEFAULTS = new EgressSettings(1, 2);
}
