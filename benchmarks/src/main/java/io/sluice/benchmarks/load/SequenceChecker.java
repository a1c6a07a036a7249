package io.sluice.benchmarks.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * Checks what one subscriber gets from one publisher: every sequence number from 0 on, once and in order. Confined to
 * its loop.
 *
 * <p>Gaps are kept as ranges, so that memory depends on the number of gaps, which is bounded: what lies in a gap beyond
 * the bound counts as lost when it comes late.
 */
final class SequenceChecker {

    static final int GAPS_MAX = 100_000;

    /** First to last missing number of each gap, both inclusive. */
    private final TreeMap<Long, Long> gaps = new TreeMap<>();

    private long expected;
    private long distinct;
    private long duplicates;
    private long outOfOrder;

    void onSequence(long sequence) {
        if (sequence == expected) {
            expected++;
            distinct++;
        } else if (sequence > expected) {
            if (gaps.size() < GAPS_MAX) {
                gaps.put(expected, sequence - 1);
            }
            expected = sequence + 1;
            distinct++;
        } else {
            onEarlier(sequence);
        }
    }

    /** The number after the highest one received: how far it has come, whatever was lost. */
    long expected() {
        return expected;
    }

    /** Different numbers received. */
    long distinct() {
        return distinct;
    }

    long duplicates() {
        return duplicates;
    }

    /** Numbers that came after a higher one. */
    long outOfOrder() {
        return outOfOrder;
    }

    /** Numbers below {@code sent} that never came. */
    long lost(long sent) {
        return Math.max(0, sent - distinct);
    }

    /** Numbers below {@code sent} that never came, although the publisher has an acknowledgement for them. */
    long lostOf(long sent, LongPredicate acknowledged) {
        long lost = lost(sent);
        long unacknowledged = 0;
        for (Map.Entry<Long, Long> gap : gaps.entrySet()) {
            unacknowledged += unacknowledged(gap.getKey(), gap.getValue(), acknowledged);
        }
        return lost - unacknowledged - unacknowledged(expected, sent - 1, acknowledged);
    }

    private void onEarlier(long sequence) {
        Map.Entry<Long, Long> gap = gaps.floorEntry(sequence);
        if (gap == null || gap.getValue() < sequence) {
            duplicates++;
            return;
        }
        outOfOrder++;
        distinct++;
        gaps.remove(gap.getKey());
        if (gap.getKey() < sequence) {
            gaps.put(gap.getKey(), sequence - 1);
        }
        if (sequence < gap.getValue()) {
            gaps.put(sequence + 1, gap.getValue());
        }
    }

    private static long unacknowledged(long first, long last, LongPredicate acknowledged) {
        long count = 0;
        for (long sequence = first; sequence <= last; sequence++) {
            if (!acknowledged.test(sequence)) {
                count++;
            }
        }
        return count;
    }
}
