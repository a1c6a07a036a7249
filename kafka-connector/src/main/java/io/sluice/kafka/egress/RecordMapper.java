package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.mqtt.port.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's records as messages; what is none is passed over, counted and named now and then. Safe for all threads: the
 * rules are immutable, the times of the last warnings in a concurrent map of as many entries as there are rules.
 */
final class RecordMapper {

    private static final Logger LOG = LoggerFactory.getLogger(RecordMapper.class);
    private static final long WARNING_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final RuleSet rules;
    private final EgressMeters meters;
    private final ConcurrentMap<String, Long> lastWarnings = new ConcurrentHashMap<>();

    RecordMapper(RuleSet rules, EgressMeters meters) {
        this.rules = rules;
        this.meters = meters;
    }

    List<LogRecord> map(List<ConsumerRecord<byte[], byte[]>> rows) {
        List<LogRecord> records = new ArrayList<>(rows.size());
        for (ConsumerRecord<byte[], byte[]> row : rows) {
            RecordMapping mapping = rules.toMessage(row.topic(), row.key(), row.value(), row.headers());
            if (mapping instanceof RecordMapping.Mapped mapped) {
                records.add(new LogRecord(row.offset(), row.timestamp(), mapped.message()));
            } else if (mapping instanceof RecordMapping.Skipped skipped) {
                onSkipped(row, skipped);
            }
        }
        return records;
    }

    private void onSkipped(ConsumerRecord<byte[], byte[]> row, RecordMapping.Skipped skipped) {
        meters.onSkipped();
        (isWarningDue(skipped.ruleName()) ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", row.topic())
                .addKeyValue("partition", row.partition())
                .addKeyValue("offset", row.offset())
                .addKeyValue("rule", skipped.ruleName())
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
