package io.sluice.kafka.egress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of reading from Kafka. Safe for all threads. */
final class EgressMeters {

    final AtomicInteger tailPartitions = new AtomicInteger();
    final AtomicLong tailLagRecords = new AtomicLong();
    final Counter tailRecords;
    final Counter readRecords;
    final Counter skipped;
    final Counter gaps;
    final Counter bugs;

    EgressMeters(MeterRegistry registry) {
        Gauge.builder("sluice.tail.partitions", tailPartitions, AtomicInteger::get)
                .description("Partitions read live")
                .register(registry);
        Gauge.builder("sluice.tail.lag.records", tailLagRecords, AtomicLong::get)
                .description("Records between the tails and the end of their partitions, in the furthest behind")
                .register(registry);
        tailRecords = Counter.builder("sluice.tail.records")
                .description("Records read by the tails")
                .register(registry);
        readRecords = Counter.builder("sluice.sweep.records")
                .description("Records read for sessions that are behind the tails")
                .register(registry);
        skipped = Counter.builder("sluice.deliveries.discarded")
                .description("Not delivered by rule")
                .tag("reason", "egress_topic_invalid")
                .register(registry);
        gaps = Counter.builder("sluice.tail.gap.records")
                .description("Records deleted by retention before a tail read them")
                .register(registry);
        bugs = Counter.builder("sluice.bugs")
                .description("Things that must not happen and did")
                .tag("part", "egress")
                .register(registry);
    }
}
