package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredSequencesTest {

    private static final int RUN = 7;

    private final StoredSequences stored = new StoredSequences(RUN, 2);

    @Test
    void everythingAcknowledgedOnceAndInOrderIsGood() {
        store("t-0", 0, 0, 1, 2);
        store("t-1", 1, 0, 1);

        KafkaVerdict verdict = verdict(3, 2);

        assertThat(verdict).isEqualTo(new KafkaVerdict(5, 0, 0, 0, 0, 0));
        assertThat(verdict.isGood(2)).isTrue();
        assertThat(stored.distinct()).isEqualTo(5);
    }

    @Test
    void anAcknowledgedMessageThatIsNotThereIsLost() {
        store("t-0", 0, 0, 2);

        KafkaVerdict verdict = verdict(4, 1);

        assertThat(verdict.missing()).isEqualTo(3);
        assertThat(verdict.missingAcknowledged()).isEqualTo(3);
        assertThat(verdict.isGood(1)).isFalse();
    }

    @Test
    void whatWasNeverAcknowledgedMayBeMissing() {
        store("t-0", 0, 0, 2);

        KafkaVerdict verdict = stored.verdict(List.of(
                new StoredSequences.Claim(4, sequence -> sequence != 1 && sequence != 3),
                new StoredSequences.Claim(0, sequence -> true)));

        assertThat(verdict.missing()).isEqualTo(2);
        assertThat(verdict.missingAcknowledged()).isZero();
        assertThat(verdict.isGood(2)).isTrue();
    }

    @Test
    void aDuplicateIsGoodAtQos1Alone() {
        store("t-0", 0, 0, 1, 1, 0);

        KafkaVerdict verdict = verdict(2, 0);

        assertThat(verdict.duplicates()).isEqualTo(2);
        assertThat(verdict.isGood(0)).isFalse();
        assertThat(verdict.isGood(1)).isTrue();
        assertThat(verdict.isGood(2)).isFalse();
    }

    @Test
    void aMessageBehindALaterOneIsOutOfOrder() {
        store("t-0", 0, 0, 2, 1);

        KafkaVerdict verdict = verdict(3, 0);

        assertThat(verdict.outOfOrder()).isEqualTo(1);
        assertThat(verdict.missing()).isZero();
        assertThat(verdict.isGood(1)).isFalse();
    }

    @Test
    void aPublisherInTwoPartitionsHasNoOrder() {
        store("t-0", 0, 0);
        store("t-1", 0, 1);

        KafkaVerdict verdict = verdict(2, 0);

        assertThat(verdict.split()).isEqualTo(1);
        assertThat(verdict.isGood(1)).isFalse();
    }

    @Test
    void recordsOfOthersArePassedOver() {
        stored.onRecord("t-0", null);
        stored.onRecord("t-0", new byte[3]);
        stored.onRecord("t-0", value(RUN + 1, 0, 0));
        stored.onRecord("t-0", value(RUN, 2, 0));
        stored.onRecord("t-0", value(RUN, -1, 0));

        assertThat(verdict(0, 0)).isEqualTo(new KafkaVerdict(0, 0, 0, 0, 0, 0));
    }

    private void store(String partition, int publisher, long... sequences) {
        for (long sequence : sequences) {
            stored.onRecord(partition, value(RUN, publisher, sequence));
        }
    }

    /** All sent messages were acknowledged. */
    private KafkaVerdict verdict(long sentByFirst, long sentBySecond) {
        return stored.verdict(List.of(
                new StoredSequences.Claim(sentByFirst, sequence -> true),
                new StoredSequences.Claim(sentBySecond, sequence -> true)));
    }

    private static byte[] value(int run, int publisher, long sequence) {
        return ByteBuffer.allocate(128)
                .putInt(run)
                .putInt(publisher)
                .putLong(sequence)
                .array();
    }
}
