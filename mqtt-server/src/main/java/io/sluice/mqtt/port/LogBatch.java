package io.sluice.mqtt.port;

import java.util.List;

/**
 * A stretch of a partition that has been read, with the records in it that are messages. Offsets in between that carry
 * none (aborted, control, compacted or unmappable records) are covered by the stretch.
 *
 * @param partition the partition
 * @param from the first offset that was asked for
 * @param to the next offset to read: everything in [from, to) is known after this batch
 * @param gap records in [from, to) that retention had deleted before they were read; 0 as a rule
 * @param records in the order of their offsets
 */
public record LogBatch(LogPartition partition, long from, long to, long gap, List<LogRecord> records) {}
