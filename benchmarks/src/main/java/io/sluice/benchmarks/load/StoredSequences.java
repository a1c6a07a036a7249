package io.sluice.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The sequence numbers of one run as they come from Kafka, and the judgement on them. Confined to its thread. */
final class StoredSequences {

    private final int run;
    private final SequenceChecker[] checkers;
    /** Where each publisher's first record was, e.g. "bench-3". */
    private final @Nullable String[] places;

    private final boolean[] split;
    private long records;

    StoredSequences(int run, int publishers) {
        this.run = run;
        this.checkers = new SequenceChecker[publishers];
        for (int i = 0; i < publishers; i++) {
            checkers[i] = new SequenceChecker();
        }
        this.places = new @Nullable String[publishers];
        this.split = new boolean[publishers];
    }

    /**
     * What one publisher did.
     *
     * @param sent it sent the sequence numbers below this
     * @param acknowledged whether one of these was acknowledged
     */
    record Claim(long sent, LongPredicate acknowledged) {}

    /** A record, in the order of its partition; those of other runs are passed over. */
    void onRecord(String partition, byte @Nullable [] value) {
        if (value == null || value.length < PublishTemplate.HEADER_BYTES) {
            return;
        }
        ByteBuffer header = ByteBuffer.wrap(value);
        int publisher = header.getInt(4);
        if (header.getInt(0) != run || publisher < 0 || publisher >= checkers.length) {
            return;
        }
        records++;
        checkers[publisher].onSequence(header.getLong(8));
        String place = places[publisher];
        if (place == null) {
            places[publisher] = partition;
        } else if (!place.equals(partition)) {
            split[publisher] = true;
        }
    }

    /** Different messages so far. */
    long distinct() {
        long distinct = 0;
        for (SequenceChecker checker : checkers) {
            distinct += checker.distinct();
        }
        return distinct;
    }

    /** The judgement, from what each publisher did, in their order. */
    KafkaVerdict verdict(List<Claim> claims) {
        long missing = 0;
        long missingAcknowledged = 0;
        long duplicates = 0;
        long outOfOrder = 0;
        long splits = 0;
        for (int i = 0; i < checkers.length; i++) {
            Claim claim = claims.get(i);
            missing += checkers[i].lost(claim.sent());
            missingAcknowledged += checkers[i].lostOf(claim.sent(), claim.acknowledged());
            duplicates += checkers[i].duplicates();
            outOfOrder += checkers[i].outOfOrder();
            splits += split[i] ? 1 : 0;
        }
        return new KafkaVerdict(records, missing, missingAcknowledged, duplicates, outOfOrder, splits);
    }
}
