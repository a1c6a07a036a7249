package io.sluice.mqtt.fake;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A log in memory that keeps the contract of {@link Egress}, and does its work only when the test says so: openings and
 * reads wait until {@link #work}, the tail moves by {@link #poll}. One log topic for each first level of a topic name.
 */
public final class FakeLog implements Egress {

    private record Opening(TopicFilter filter, StartListener listener, MonoSink<Reading> sink, boolean[] cancelled) {}

    private record Read(LogPartition partition, long from, int bytesMax, MonoSink<LogBatch> sink) {}

    private final Map<LogPartition, List<@Nullable LogRecord>> partitions = new LinkedHashMap<>();

    private record Transaction(List<Long> offsets) {}

    private final Map<LogPartition, Transaction> transactions = new HashMap<>();
    private final Map<LogPartition, Long> stable = new HashMap<>();
    private final Map<LogPartition, Long> tails = new LinkedHashMap<>();
    private final Set<FakeReading> readings = new HashSet<>();
    private final Deque<Opening> openings = new ArrayDeque<>();
    private final Deque<Read> reads = new ArrayDeque<>();
    private @Nullable DeliverySink sink;
    private boolean paused;
    private long recordsRead;

    public void start(DeliverySink newSink) {
        sink = newSink;
    }

    /** Appends a message, stable unless a transaction is open below it. Returns its offset. */
    public long append(Message message, long timestampMillis) {
        return append(message.topicName().levels()[0], message, timestampMillis);
    }

    /** Appends an offset without a message: a control record, or one that was compacted away. */
    public void appendHole(String firstLevel) {
        append(firstLevel, null, 0);
    }

    private long append(String firstLevel, @Nullable Message message, long timestampMillis) {
        LogPartition partition = partition(firstLevel);
        List<@Nullable LogRecord> records = partitions.computeIfAbsent(partition, this::appear);
        records.add(message == null ? null : new LogRecord(records.size(), timestampMillis, message));
        stabilise(partition, records);
        return records.size() - 1L;
    }

    private void stabilise(LogPartition partition, List<@Nullable LogRecord> records) {
        Transaction open = transactions.get(partition);
        stable.put(partition, open == null ? records.size() : open.offsets.get(0));
    }

    /** Appends a message within the partition's transaction, which begins with it if none is open. */
    public void appendInTransaction(Message message, long timestampMillis) {
        LogPartition partition = partition(message.topicName().levels()[0]);
        List<@Nullable LogRecord> records = partitions.computeIfAbsent(partition, this::appear);
        transactions
                .computeIfAbsent(partition, ignored -> new Transaction(new ArrayList<>()))
                .offsets
                .add((long) records.size());
        append(message, timestampMillis);
    }

    /** Ends the transaction, if one is open, by a control record; what was aborted is never seen. */
    public boolean endTransaction(String firstLevel, boolean commit) {
        LogPartition partition = partition(firstLevel);
        Transaction open = transactions.remove(partition);
        List<@Nullable LogRecord> records = partitions.get(partition);
        if (open == null || records == null) {
            return false;
        }
        if (!commit) {
            open.offsets.forEach(offset -> records.set(offset.intValue(), null));
        }
        records.add(null);
        stabilise(partition, records);
        return true;
    }

    public static LogPartition partition(String firstLevel) {
        return new LogPartition(firstLevel, 0);
    }

    private List<@Nullable LogRecord> appear(LogPartition partition) {
        // A partition that appears is read from its first record by those who wait for it.
        for (FakeReading reading : readings) {
            if (canMatch(reading.filter, partition)) {
                reading.partitions.add(partition);
                tails.putIfAbsent(partition, 0L);
            }
        }
        return new ArrayList<>();
    }

    private static boolean canMatch(TopicFilter filter, LogPartition partition) {
        String first = filter.levels().get(0);
        return first.equals(partition.topic())
                || ((first.equals("+") || first.equals("#"))
                        && !partition.topic().startsWith("$"));
    }

    /** How many records were given out by {@link #read}. */
    public long recordsRead() {
        return recordsRead;
    }

    /** How many partitions are tailed. */
    public int tailed() {
        return tails.size();
    }

    @Override
    public Mono<Reading> open(TopicFilter filter, Collection<LogPartition> held, StartListener listener) {
        return Mono.create(mono -> {
            boolean[] cancelled = new boolean[1];
            mono.onCancel(() -> cancelled[0] = true);
            openings.add(new Opening(filter, listener, mono, cancelled));
        });
    }

    @Override
    public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
        return Mono.create(mono -> reads.add(new Read(partition, from, bytesMax, mono)));
    }

    @Override
    public void resume() {
        paused = false;
    }

    /** Carries out what waits: openings and reads. Returns whether there was anything. */
    public boolean work() {
        boolean worked = false;
        for (Opening opening = openings.poll(); opening != null; opening = openings.poll()) {
            worked = true;
            if (!opening.cancelled[0]) {
                carryOut(opening);
            }
        }
        for (Read read = reads.poll(); read != null; read = reads.poll()) {
            worked = true;
            LogBatch batch = batch(read.partition, read.from, Math.max(1, read.bytesMax / 16));
            recordsRead += batch.records().size();
            read.sink.success(batch);
        }
        return worked;
    }

    private void carryOut(Opening opening) {
        FakeReading reading = new FakeReading(opening.filter);
        readings.add(reading);
        for (LogPartition partition : partitions.keySet()) {
            if (canMatch(opening.filter, partition)) {
                long start = stable.getOrDefault(partition, 0L);
                opening.listener.onStart(partition, start);
                tails.putIfAbsent(partition, start);
                reading.partitions.add(partition);
            }
        }
        opening.sink.success(reading);
    }

    /** Moves the tails: hands over at most this many records of each partition. Returns whether any moved. */
    public boolean poll(int recordsMax) {
        DeliverySink target = sink;
        boolean moved = false;
        if (paused || target == null) {
            return false;
        }
        for (LogPartition partition : List.copyOf(tails.keySet())) {
            long from = tails.getOrDefault(partition, 0L);
            LogBatch batch = batch(partition, from, recordsMax);
            if (batch.to() > from) {
                moved = true;
                tails.put(partition, batch.to());
                paused |= !target.accept(batch);
            }
        }
        return moved;
    }

    private LogBatch batch(LogPartition partition, long from, int recordsMax) {
        List<@Nullable LogRecord> all = partitions.getOrDefault(partition, List.of());
        long to = Math.max(from, Math.min(stable.getOrDefault(partition, 0L), from + recordsMax));
        List<LogRecord> records = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            LogRecord record = all.get((int) offset);
            if (record != null) {
                records.add(record);
            }
        }
        return new LogBatch(partition, from, to, 0, records);
    }

    private final class FakeReading implements Reading {
        private final TopicFilter filter;
        private final Set<LogPartition> partitions = new HashSet<>();

        FakeReading(TopicFilter filter) {
            this.filter = filter;
        }

        @Override
        public Collection<LogPartition> partitions() {
            return Set.copyOf(partitions);
        }

        @Override
        public void close() {
            readings.remove(this);
            tails.keySet().removeIf(partition -> readings.stream()
                    .noneMatch(reading -> reading.partitions.contains(partition)));
        }
    }
}
