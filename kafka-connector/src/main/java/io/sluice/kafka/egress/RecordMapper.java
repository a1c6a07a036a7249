package io.sluice.kafka.egress;

import io.sluice.kafka.format.EgressFormat;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.SkipReason;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's records as messages; what is none is passed over. Safe for all threads: the rules are immutable and asked for
 * anew with each batch.
 */
final class RecordMapper {

    /** Stands for a message that cannot be made yet. */
    private static final Message HELD = Message.of("held", Qos.AT_MOST_ONCE, "");

    private final Supplier<ReadRules> rules;
    private final RuleFormats formats;
    private final SkippedRecords skippedRecords;

    RecordMapper(Supplier<ReadRules> rules, RuleFormats formats, SkippedRecords skippedRecords) {
        this.rules = rules;
        this.formats = formats;
        this.skippedRecords = skippedRecords;
    }

    /**
     * What rows are to subscribers.
     *
     * @param records of the rows that are messages
     * @param rows how many of the rows that is, from the first: the next needs a schema that is not known yet
     */
    record MappedRows(List<LogRecord> records, int rows) {}

    MappedRows map(List<ConsumerRecord<byte[], byte[]>> rows) {
        List<LogRecord> records = new ArrayList<>(rows.size());
        ReadRules now = rules.get();
        for (int i = 0; i < rows.size(); i++) {
            ConsumerRecord<byte[], byte[]> row = rows.get(i);
            RecordMapping mapping = now.toMessage(row);
            if (mapping instanceof RecordMapping.Mapped mapped) {
                Message message = unpacked(row, mapped);
                if (isHeld(message)) {
                    return new MappedRows(records, i);
                }
                if (message != null) {
                    records.add(new LogRecord(row.offset(), row.timestamp(), message));
                }
            } else if (mapping instanceof RecordMapping.Skipped skipped) {
                skippedRecords.onSkipped(row, skipped);
            }
        }
        return new MappedRows(records, rows.size());
    }

    @SuppressWarnings("ReferenceEquality") // A mark, and no message that is equal to it.
    private static boolean isHeld(@Nullable Message message) {
        return message == HELD;
    }

    /** The message as its rule's format has it, null when it is none, or HELD. */
    private @Nullable Message unpacked(ConsumerRecord<byte[], byte[]> row, RecordMapping.Mapped mapped) {
        EgressFormat format = formats.egress(mapped.ruleName());
        if (format == null) {
            return mapped.message();
        }
        EgressFormat.Unpacked unpacked = format.unpack(mapped.message());
        if (unpacked instanceof EgressFormat.Unpacked.Done done) {
            return done.message();
        }
        if (unpacked instanceof EgressFormat.Unpacked.Misfit misfit) {
            skippedRecords.onSkipped(
                    row, new RecordMapping.Skipped(mapped.ruleName(), SkipReason.PAYLOAD_FORMAT, misfit.detail()));
            return null;
        }
        return HELD;
    }
}
