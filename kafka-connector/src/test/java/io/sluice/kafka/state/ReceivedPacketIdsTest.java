package io.sluice.kafka.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Transactions that come before or after what is written beside them, and a log that is looked at in between. */
final class ReceivedPacketIdsTest {

    private static final int PACKET_IDS = 40;

    private final SessionRecords records = new SessionRecords();
    /** Of each key its records, as they stand in the log. */
    private final Map<String, List<Row>> log = new TreeMap<>();

    private final Deque<Write> unwritten = new ArrayDeque<>();
    private final ReceivedPacketIds received = new ReceivedPacketIds(Map.of(), records, this::write);

    private record Write(String part, byte @Nullable [] value, CompletableFuture<Long> done) {}

    private static final class Row {
        final byte @Nullable [] value;
        final boolean foreign;
        /** Not while its transaction is open, nor after its abort. */
        boolean visible;

        Row(byte @Nullable [] value, boolean foreign, boolean visible) {
            this.value = value;
            this.foreign = foreign;
            this.visible = visible;
        }
    }

    private CompletionStage<Long> write(String part, byte @Nullable [] value) {
        Write write = new Write(part, value, new CompletableFuture<>());
        unwritten.add(write);
        return write.done();
    }

    private void takeOne() {
        Write first = unwritten.poll();
        if (first != null) {
            append(first.part(), new Row(first.value(), false, true));
            first.done().complete(0L);
        }
    }

    private void append(String part, Row row) {
        log.computeIfAbsent(part, ignored -> new ArrayList<>()).add(row);
    }

    private List<Row> begin(List<ReceivedPacketIds.Slot> slots) {
        List<Row> rows = new ArrayList<>();
        for (ReceivedPacketIds.Slot slot : slots) {
            Map.Entry<String, byte[]> row = received.row(slot);
            rows.add(new Row(row.getValue(), false, false));
            append(row.getKey(), rows.get(rows.size() - 1));
        }
        return rows;
    }

    /** What every reader knows: of each key the last record of an owner. */
    private Map<String, byte[]> table() {
        Map<String, byte[]> table = new HashMap<>();
        log.forEach((part, rows) -> {
            for (Row row : rows) {
                if (row.visible && !row.foreign) {
                    table.remove(part);
                    if (row.value != null) {
                        table.put(part, row.value);
                    }
                }
            }
        });
        return table;
    }

    private Set<Integer> inLog() {
        Set<Integer> packetIds = new TreeSet<>();
        table().values().forEach(value -> {
            try {
                assertThat(packetIds.addAll(records.received(value))).isTrue();
            } catch (IOException unreadable) {
                throw new AssertionError(unreadable);
            }
        });
        return packetIds;
    }

    /** Begins a transaction, and commits it. */
    private void commit(List<Integer> packetIds) {
        List<ReceivedPacketIds.Slot> slots = received.begin(packetIds);
        begin(slots).forEach(row -> row.visible = true);
        slots.forEach(received::commit);
    }

    @Test
    void whatCameTogetherIsOneRecordAndWhatIsReleasedTogetherItsTombstone() {
        List<Integer> packetIds = IntStream.rangeClosed(1, 64).boxed().toList();
        commit(packetIds);
        assertThat(table()).hasSize(1);

        CompletionStage<Void> forgotten = received.forget(packetIds);

        assertThat(unwritten).hasSize(1);
        takeOne();
        assertThat(forgotten.toCompletableFuture()).isDone();
        assertThat(table()).isEmpty();
    }

    @Test
    void aRecordHasABound() {
        commit(IntStream.rangeClosed(1, 3 * ReceivedPacketIds.RECORD_MAX - 1)
                .boxed()
                .toList());

        assertThat(table()).hasSize(3);
        assertThat(inLog()).hasSize(3 * ReceivedPacketIds.RECORD_MAX - 1);
    }

    /** Its tombstone may come behind what another producer's transaction has written there meanwhile. */
    @Test
    void aNumberIsUsedAgainOnlyWhenTheTombstoneIsWritten() {
        commit(List.of(1));
        received.forget(List.of(1));

        commit(List.of(2));
        takeOne();
        commit(List.of(3));

        assertThat(inLog()).containsExactly(2, 3);
        assertThat(table().keySet()).containsExactlyInAnyOrder(SessionKey.received(0), SessionKey.received(1));
    }

    @Test
    void whatTheOwnerHasNotBeenToldOfIsKept() {
        commit(List.of(1, 2));
        received.onTold(1);

        received.keep(Set.of(), CompletableFuture.completedFuture(0L));
        takeOne();

        assertThat(inLog()).containsExactly(2);
    }

    @Test
    void whatTheOwnerKnowsWithoutATransactionIsWritten() {
        CompletionStage<Void> kept = received.keep(Set.of(7, 9), CompletableFuture.completedFuture(0L));

        assertThat(kept.toCompletableFuture()).isNotDone();
        takeOne();
        assertThat(kept.toCompletableFuture()).isDone();
        assertThat(inLog()).containsExactly(7, 9);
    }

    @Test
    void anotherOwnerTakesUpWhatIsInTheLog() {
        commit(List.of(1, 2));
        commit(List.of(3));

        ReceivedPacketIds next = new ReceivedPacketIds(table(), records, this::write);
        next.keep(Set.of(2, 3), CompletableFuture.completedFuture(0L));
        takeOne();
        assertThat(inLog()).containsExactly(2, 3);
        next.forget(List.of(2, 3));
        takeOne();
        takeOne();

        assertThat(table()).isEmpty();
    }

    /** Compaction would keep what somebody else wrote, and with it nothing of ours. */
    @Test
    void aStrangersRecordAmidATransactionIsOutdoneBehindIt() {
        List<ReceivedPacketIds.Slot> slots = received.begin(List.of(1, 2));
        List<Row> open = begin(slots);
        append(SessionKey.received(0), new Row(null, true, true));
        received.repair(SessionKey.received(0));

        open.forEach(row -> row.visible = true);
        slots.forEach(received::commit);
        takeOne();

        assertThat(inLog()).containsExactly(1, 2);
        assertNoStrangerIsLast();
    }

    @Test
    void aStrangersRecordWhereATransactionIsAbortedIsRemoved() {
        List<ReceivedPacketIds.Slot> slots = received.begin(List.of(1));
        begin(slots);
        append(SessionKey.received(0), new Row(records.received(List.of(9)), true, true));
        received.repair(SessionKey.received(0));

        received.abort(slots.get(0), 1);
        commit(List.of(2));
        takeOne();

        assertThat(inLog()).containsExactly(2);
        assertNoStrangerIsLast();
    }

    /** The tombstone that outdoes it must not come behind what a transaction writes there meanwhile. */
    @Test
    void aStrangersRecordWhereNothingIsKeepsTheNumberUntilItIsRemoved() {
        append(SessionKey.received(0), new Row(records.received(List.of(9)), true, true));
        received.repair(SessionKey.received(0));

        commit(List.of(1));
        takeOne();

        assertThat(inLog()).containsExactly(1);
        assertNoStrangerIsLast();
    }

    private void assertNoStrangerIsLast() {
        assertThat(log.values()).allSatisfy(rows -> assertThat(rows.get(rows.size() - 1).foreign)
                .isFalse());
    }

    @Test
    void theLogHasWhatIsCommittedAndNotReleasedWheneverItIsLookedAt() {
        for (int i = 0; i < 200; i++) {
            new RandomHistory(Long.getLong("seed", System.nanoTime() + i)).run(500);
            log.clear();
        }
    }

    /** One owner, whose transactions stay open for a while, and strangers who write beside it. */
    private final class RandomHistory {
        private final long seed;
        private final Random random;
        private final ReceivedPacketIds of =
                new ReceivedPacketIds(Map.of(), records, ReceivedPacketIdsTest.this::write);
        private final Set<Integer> free =
                new TreeSet<>(IntStream.rangeClosed(1, PACKET_IDS).boxed().toList());
        private final Set<Integer> held = new HashSet<>();
        private final Set<Integer> releasing = new HashSet<>();
        private final List<Integer> untold = new ArrayList<>();
        private List<Integer> published = List.of();
        private List<ReceivedPacketIds.Slot> slots = List.of();
        private List<Row> open = List.of();

        RandomHistory(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                step();
                check(step);
            }
            commitOpen();
            while (!unwritten.isEmpty()) {
                takeOne();
            }
            check(steps);
            assertThat(inLog()).as("seed %s", seed).isEqualTo(new TreeSet<>(held));
            assertThat(of.parts()).as("seed %s: keys", seed).isEqualTo(table().keySet());
            assertThat(log).as("seed %s", seed).allSatisfy((part, rows) -> {
                List<Row> seen = rows.stream().filter(row -> row.visible).toList();
                assertThat(seen.isEmpty() || !seen.get(seen.size() - 1).foreign)
                        .as(part)
                        .isTrue();
            });
        }

        private void step() {
            switch (random.nextInt(8)) {
                case 0 -> begin();
                case 1 -> {
                    if (random.nextInt(3) == 0) {
                        abortOpen();
                    } else {
                        commitOpen();
                    }
                }
                case 2 -> tell();
                case 3 -> release();
                case 4 -> {
                    Set<Integer> known = new HashSet<>(held);
                    untold.forEach(known::remove);
                    of.keep(known, CompletableFuture.completedFuture(0L));
                }
                case 5 -> {
                    String part = SessionKey.received(random.nextInt(6));
                    append(part, new Row(random.nextBoolean() ? null : records.received(List.of(1)), true, true));
                    of.repair(part);
                }
                default -> takeOne();
            }
        }

        private void check(int step) {
            Set<Integer> inLog = inLog();
            assertThat(inLog).as("seed %s, step %s", seed, step).containsAll(held);
            inLog.removeAll(held);
            inLog.removeAll(releasing);
            assertThat(inLog).as("seed %s, step %s: free", seed, step).isEmpty();
        }

        private void begin() {
            if (!open.isEmpty()) {
                return;
            }
            published = some(free);
            free.removeAll(published);
            slots = of.begin(published);
            open = new ArrayList<>();
            for (ReceivedPacketIds.Slot slot : slots) {
                Map.Entry<String, byte[]> row = of.row(slot);
                Row inLog = new Row(row.getValue(), false, false);
                open.add(inLog);
                append(row.getKey(), inLog);
            }
        }

        private void commitOpen() {
            open.forEach(row -> row.visible = true);
            slots.forEach(of::commit);
            held.addAll(published);
            untold.addAll(published);
            end();
        }

        /** The first is bad, and the others may come again. */
        private void abortOpen() {
            published.forEach(packetId -> slots.forEach(slot -> of.abort(slot, packetId)));
            free.addAll(published);
            end();
        }

        private void end() {
            published = List.of();
            slots = List.of();
            open = List.of();
        }

        private void tell() {
            Collections.shuffle(untold, random);
            int count = untold.isEmpty() ? 0 : random.nextInt(untold.size()) + 1;
            List<Integer> told = untold.subList(0, count);
            told.forEach(of::onTold);
            told.clear();
        }

        private void release() {
            Set<Integer> releasable = new TreeSet<>(held);
            untold.forEach(releasable::remove);
            List<Integer> released = some(releasable);
            held.removeAll(released);
            releasing.addAll(released);
            of.forget(released).thenRun(() -> {
                releasing.removeAll(released);
                free.addAll(released);
            });
        }

        private List<Integer> some(Set<Integer> from) {
            List<Integer> all = new ArrayList<>(from);
            Collections.shuffle(all, random);
            return new ArrayList<>(all.subList(0, all.isEmpty() ? 0 : random.nextInt(all.size()) + 1));
        }
    }
}
