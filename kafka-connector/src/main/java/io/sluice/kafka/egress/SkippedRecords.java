package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RecordMapping;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of records that are no messages: they are counted by their reason, and named now and then.
 * Safe for all threads: the times of the last warnings are in a concurrent
 * map of as many entries as there are rules.
 */
final class SkippedRecords {

    private static final Logger LOG = LoggerFactory.getLogger(SkippedRecords.class);
    private static final long WARNING_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final EgressMeters meters;
    private final ConcurrentMap<String, Long> lastWarnings = new ConcurrentHashMap<>();

    SkippedRecords(EgressMeters meters) {
        this.meters = meters;
    }

    /** The record is passed over: by a tail, and once more by each sweep that comes by it. Any thread. */
    void onSkipped(ConsumerRecord<byte[], byte[]> row, RecordMapping.Skipped skipped) {
        meters.onSkipped(skipped.reason());
        (isWarningDue(skipped.ruleName()) ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", row.topic())
                .addKeyValue("partition", row.partition())
                .addKeyValue("offset", row.offset())
                .addKeyValue("rule", skipped.ruleName())
                .addKeyValue("reason", skipped.reason().id())
                .addKeyValue("cause", skipped.detail())
                .log("Record is no message, passed over");
    }

    private boolean isWarningDue(String rule) {
        long now = meters.clock().monotonicTime();
        Long last = lastWarnings.get(rule);
        if (last != null && now - last < WARNING_INTERVAL_NANOS) {
            return false;
        }
        lastWarnings.put(rule, now);
        return true;
    }
}
