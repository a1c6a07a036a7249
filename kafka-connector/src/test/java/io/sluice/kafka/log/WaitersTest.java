package io.sluice.kafka.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

final class WaitersTest {

    private final AtomicLongArray positions = new AtomicLongArray(2);
    private final Waiters waiters = new Waiters("_sluice.sessions", positions);

    @Test
    void whoWaitsForWhatIsReplayedIsToldAtOnce() {
        positions.set(0, 5);

        CompletableFuture<Void> done = await(0, 5);

        assertThat(done).isCompleted();
    }

    @Test
    void eachIsToldWhenItsPartitionHasComeToItsOffset() {
        CompletableFuture<Void> later = await(0, 7);
        CompletableFuture<Void> earlier = await(0, 6);
        CompletableFuture<Void> elsewhere = await(1, 6);

        positions.set(0, 6);
        waiters.serve();

        assertThat(earlier).isCompleted();
        assertThat(later).isNotDone();
        assertThat(elsewhere).isNotDone();
    }

    @Test
    void whoWaitsWhenTheLogEndsIsToldThatItHasEnded() {
        CompletableFuture<Void> seen = await(0, 7);
        waiters.serve();
        CompletableFuture<Void> unseen = await(0, 7);

        waiters.end();

        assertThat(seen).isCompletedExceptionally();
        assertThat(unseen).isCompletedExceptionally();
        assertThat(await(0, 7)).isCompletedExceptionally();
    }

    private CompletableFuture<Void> await(int partition, long next) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        waiters.await(partition, next, done, () -> done.complete(null));
        return done;
    }
}
