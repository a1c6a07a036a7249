package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.mqtt.port.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes messages of Kafka's records. What no rule can map is passed over and counted: records of other programs are
 * input from strangers, and none of them may stop a tail. Safe for all threads.
 */
final class RecordReader {

    private static final Logger log = LoggerFactory.getLogger(RecordReader.class);
    private static final long WARN_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final RuleSet rules;
    private final EgressMeters meters;
    private final AtomicLong lastWarnNanos = new AtomicLong(System.nanoTime() - WARN_EVERY_NANOS);

    RecordReader(RuleSet rules, EgressMeters meters) {
        this.rules = rules;
        this.meters = meters;
    }

    List<LogRecord> read(List<ConsumerRecord<byte[], byte[]>> records) {
        List<LogRecord> read = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            RecordMapping mapping = rules.toMessage(record.topic(), record.key(), record.value(), record.headers());
            if (mapping instanceof RecordMapping.Mapped mapped) {
                read.add(new LogRecord(record.offset(), record.timestamp(), mapped.message()));
            } else if (mapping instanceof RecordMapping.Skipped skipped) {
                onSkipped(record, skipped);
            }
        }
        return read;
    }

    private void onSkipped(ConsumerRecord<byte[], byte[]> record, RecordMapping.Skipped skipped) {
        meters.skipped.increment();
        long now = System.nanoTime();
        long last = lastWarnNanos.get();
        boolean warn = now - last >= WARN_EVERY_NANOS && lastWarnNanos.compareAndSet(last, now);
        (warn ? log.atWarn() : log.atDebug())
                .addKeyValue("kafkaTopic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("rule", skipped.ruleName())
                .addKeyValue("detail", skipped.detail())
                .log("Kafka record is no message");
    }
}
