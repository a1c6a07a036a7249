package io.sluice.mqtt.auth.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class AuthenticationPoolTest {

    private static final AuthOutcome IN = AuthOutcome.accepted(Principal.user("u"));
    private static final AuthOutcome BUSY = new AuthOutcome.Denied(ReasonCode.SERVER_BUSY, "busy");

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool =
            new AuthenticationPool(new PoolSettings(1, 2, Duration.ofSeconds(5)), nanos::get, meters);
    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch proceed = new CountDownLatch(1);
    private final List<AuthOutcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        proceed.countDown();
        pool.close();
    }

    private Disposable ask(Mono<AuthOutcome> mono) {
        return mono.subscribe(outcomes::add, errors::add);
    }

    /** The only thread works until it may proceed. */
    private void occupy() throws InterruptedException {
        ask(pool.compute(
                () -> {
                    working.countDown();
                    await().until(() -> proceed.getCount() == 0);
                    return IN;
                },
                () -> BUSY));
        working.await();
    }

    @Test
    void computesOnAThreadOfItsOwn() {
        AuthOutcome outcome = Knock.outcome(pool.compute(
                () -> AuthOutcome.accepted(Principal.user(Thread.currentThread().getName())), () -> BUSY));

        assertThat(Knock.principal(outcome).userName()).isEqualTo("auth-0");
    }

    @Test
    void whoFindsTheQueueFullIsToldThatTheServerIsBusy() throws Exception {
        occupy();
        ask(pool.compute(() -> IN, () -> BUSY));
        ask(pool.compute(() -> IN, () -> BUSY));
        assertThat(meters.get("sluice.authentication.queue").gauge().value()).isEqualTo(2);
        assertThat(meters.get("sluice.authentication.queue.limit").gauge().value())
                .isEqualTo(2);

        ask(pool.compute(() -> IN, () -> BUSY));

        assertThat(outcomes).containsExactly(BUSY);
        proceed.countDown();
        await().untilAsserted(() -> assertThat(outcomes).containsExactly(BUSY, IN, IN, IN));
        assertThat(meters.get("sluice.authentication.queue").gauge().value()).isZero();
    }

    @Test
    void nothingIsComputedForAClientThatIsGone() throws Exception {
        AtomicInteger computed = new AtomicInteger();
        occupy();
        Disposable client = ask(pool.compute(
                () -> {
                    computed.incrementAndGet();
                    return IN;
                },
                () -> BUSY));

        client.dispose();
        proceed.countDown();

        Knock.outcome(pool.compute(() -> IN, () -> BUSY));
        assertThat(computed).hasValue(0);
    }

    @Test
    void whoHasWaitedTooLongIsRefusedUncomputed() throws Exception {
        occupy();
        ask(pool.compute(() -> IN, () -> BUSY));

        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        proceed.countDown();

        await().untilAsserted(() -> assertThat(outcomes).containsExactly(IN, BUSY));
    }

    @Test
    void whatTheWorkThrowsFailsTheOutcomeAndNotTheThread() {
        IllegalStateException bug = new IllegalStateException("a bug");

        ask(pool.compute(
                () -> {
                    throw bug;
                },
                () -> BUSY));

        await().untilAsserted(() -> assertThat(errors).containsExactly(bug));
        assertThat(Knock.outcome(pool.compute(() -> IN, () -> BUSY))).isEqualTo(IN);
    }

    @Test
    void whatWaitsWhenItIsClosedIsRefused() throws Exception {
        occupy();
        ask(pool.compute(() -> IN, () -> BUSY));

        pool.close();

        assertThat(outcomes).contains(BUSY);
        assertThat(Knock.outcome(pool.compute(() -> IN, () -> BUSY))).isEqualTo(BUSY);
    }
}
