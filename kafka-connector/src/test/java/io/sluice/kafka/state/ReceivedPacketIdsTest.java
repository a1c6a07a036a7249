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
    private final Map<String, byte[]> log = new HashMap<>();
    private final Deque<Write> unwritten = new ArrayDeque<>();
    private final ReceivedPacketIds received = new ReceivedPacketIds(Map.of(), records, this::write);

    private record Write(String part, byte @Nullable [] value, CompletableFuture<Long> done) {}

    private CompletionStage<Long> write(String part, byte @Nullable [] value) {
        Write write = new Write(part, value, new CompletableFuture<>());
        unwritten.add(write);
        return write.done();
    }

    private void takeOne() {
        Write first = unwritten.poll();
        if (first != null) {
            put(first.part(), first.value());
            first.done().complete(0L);
        }
    }

    private void put(String part, byte @Nullable [] value) {
        if (value == null) {
            log.remove(part);
        } else {
            log.put(part, value);
        }
    }

    private Set<Integer> inLog() {
        Set<Integer> packetIds = new TreeSet<>();
        log.values().forEach(value -> {
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
        for (ReceivedPacketIds.Slot slot : received.begin(packetIds)) {
            Map.Entry<String, byte[]> row = received.row(slot);
            put(row.getKey(), row.getValue());
            received.commit(slot);
        }
    }

    @Test
    void whatCameTogetherIsOneRecordAndWhatIsReleasedTogetherItsTombstone() {
        List<Integer> packetIds = IntStream.rangeClosed(1, 64).boxed().toList();
        commit(packetIds);
        assertThat(log).hasSize(1);

        CompletionStage<Long> forgotten = received.forget(packetIds);

        assertThat(unwritten).hasSize(1);
        takeOne();
        assertThat(forgotten.toCompletableFuture()).isDone();
        assertThat(log).isEmpty();
    }

    @Test
    void aRecordHasABound() {
        commit(IntStream.rangeClosed(1, 3 * ReceivedPacketIds.RECORD_MAX - 1)
                .boxed()
                .toList());

        assertThat(log).hasSize(3);
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
        assertThat(log.keySet()).containsExactlyInAnyOrder(SessionKey.received(0), SessionKey.received(1));
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
        CompletionStage<Long> kept = received.keep(Set.of(7, 9), CompletableFuture.completedFuture(0L));

        assertThat(kept.toCompletableFuture()).isNotDone();
        takeOne();
        assertThat(kept.toCompletableFuture()).isDone();
        assertThat(inLog()).containsExactly(7, 9);
    }

    @Test
    void anotherOwnerTakesUpWhatIsInTheLog() {
        commit(List.of(1, 2));
        commit(List.of(3));

        ReceivedPacketIds next = new ReceivedPacketIds(log, records, this::write);
        next.keep(Set.of(2, 3), CompletableFuture.completedFuture(0L));
        takeOne();
        assertThat(inLog()).containsExactly(2, 3);
        next.forget(List.of(2, 3));
        takeOne();
        takeOne();

        assertThat(log).isEmpty();
    }

    @Test
    void theLogHasWhatIsCommittedAndNotReleasedWheneverItIsLookedAt() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Set<Integer> free =
                new TreeSet<>(IntStream.rangeClosed(1, PACKET_IDS).boxed().toList());
        Set<Integer> held = new HashSet<>();
        Set<Integer> releasing = new HashSet<>();
        List<Integer> untold = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    List<Integer> published = some(free, random);
                    List<ReceivedPacketIds.Slot> slots = received.begin(published);
                    if (random.nextInt(3) == 0) {
                        // The first is bad, and the others come again.
                        published.forEach(packetId -> slots.forEach(slot -> received.abort(slot, packetId)));
                        published = published.subList(Math.min(1, published.size()), published.size());
                        commit(published);
                    } else {
                        slots.forEach(slot -> {
                            Map.Entry<String, byte[]> row = received.row(slot);
                            put(row.getKey(), row.getValue());
                            received.commit(slot);
                        });
                    }
                    free.removeAll(published);
                    held.addAll(published);
                    untold.addAll(published);
                }
                case 1 -> {
                    Collections.shuffle(untold, random);
                    int count = untold.isEmpty() ? 0 : random.nextInt(untold.size()) + 1;
                    List<Integer> told = untold.subList(0, count);
                    told.forEach(received::onTold);
                    told.clear();
                }
                case 2 -> {
                    Set<Integer> releasable = new TreeSet<>(held);
                    releasable.removeAll(untold);
                    List<Integer> released = some(releasable, random);
                    held.removeAll(released);
                    releasing.addAll(released);
                    received.forget(released).thenRun(() -> {
                        releasing.removeAll(released);
                        free.addAll(released);
                    });
                }
                case 3 -> {
                    Set<Integer> known = new HashSet<>(held);
                    untold.forEach(known::remove);
                    received.keep(known, CompletableFuture.completedFuture(0L));
                }
                default -> takeOne();
            }
            Set<Integer> inLog = inLog();
            assertThat(inLog).as("seed %s, step %s", seed, step).containsAll(held);
            inLog.removeAll(held);
            inLog.removeAll(releasing);
            assertThat(inLog).as("seed %s, step %s: free", seed, step).isEmpty();
        }
        while (!unwritten.isEmpty()) {
            takeOne();
        }
        assertThat(inLog()).as("seed %s", seed).isEqualTo(new TreeSet<>(held));
        assertThat(received.parts()).as("seed %s: keys", seed).isEqualTo(log.keySet());
    }

    private static List<Integer> some(Set<Integer> of, Random random) {
        List<Integer> all = new ArrayList<>(of);
        Collections.shuffle(all, random);
        return new ArrayList<>(all.subList(0, all.isEmpty() ? 0 : random.nextInt(all.size()) + 1));
    }
}
