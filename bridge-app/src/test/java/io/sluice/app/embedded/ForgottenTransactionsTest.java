package io.sluice.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.embedded.ForgottenTransactions.Marker;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.requests.TransactionResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ForgottenTransactionsTest {

    private static final int EPOCH = 7;

    @ParameterizedTest
    @CsvSource({
        "COMPLETE_COMMIT, 7, COMMIT, 7",
        "COMPLETE_COMMIT, 8, COMMIT, 8",
        "COMPLETE_COMMIT, 9, ABORT, 9",
        "COMPLETE_ABORT, 8, ABORT, 8",
        "EMPTY, 9, ABORT, 9",
        "ONGOING, 9, ABORT, 9"
    })
    void isEndedAsTheCoordinatorHadDecided(TransactionState state, int epoch, TransactionResult result, int markers) {
        Marker missing = ForgottenTransactions.missing(open(), known(state, epoch));

        assertThat(missing).isEqualTo(new Marker(result, markers));
    }

    @ParameterizedTest
    @CsvSource({"ONGOING", "PREPARE_COMMIT", "PREPARE_ABORT"})
    void isLeftToTheCoordinatorThatKnowsOfIt(TransactionState state) {
        assertThat(ForgottenTransactions.missing(open(), known(state, EPOCH))).isNull();
    }

    @Test
    void isAbortedWhenNobodyKnowsOfItAnyMore() {
        assertThat(ForgottenTransactions.missing(open(), null))
                .isEqualTo(new Marker(TransactionResult.ABORT, EPOCH + 1));
    }

    private static ProducerState open() {
        return new ProducerState(12, EPOCH, 4, 0, OptionalInt.of(0), OptionalLong.of(840));
    }

    private static TransactionDescription known(TransactionState state, int epoch) {
        return new TransactionDescription(1, state, 12, epoch, 10_000, OptionalLong.empty(), Set.of());
    }
}
