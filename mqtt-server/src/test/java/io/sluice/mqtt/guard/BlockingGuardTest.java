package io.sluice.mqtt.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** Proves that the guard is on: without it the other tests would pass whatever the loops do. */
final class BlockingGuardTest {

    private final LoopResources resources = LoopResources.create("loop", 1, true);
    private final EventLoopGroup loop = resources.onServer(LoopResources.DEFAULT_NATIVE);

    @AfterEach
    void disposeLoops() {
        resources.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(5));
    }

    @Test
    void aSleepOnALoopIsFound() throws Exception {
        loop.submit(() -> {
                    TimeUnit.MILLISECONDS.sleep(1);
                    return true;
                })
                .get(5, TimeUnit.SECONDS);

        assertThat(BlockingGuard.takeCalls()).singleElement().satisfies(call -> assertThat(call)
                .hasMessageContaining("java.lang.Thread.sleep"));
    }

    @Test
    void aLoopThatWaitsForALockIsFound() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Future<Integer> waiting;
        lock.lock();
        try {
            waiting = loop.submit(() -> {
                lock.lock();
                try {
                    return lock.getHoldCount();
                } finally {
                    lock.unlock();
                }
            });
            await().until(lock::hasQueuedThreads);
        } finally {
            lock.unlock();
        }
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(1);

        assertThat(BlockingGuard.takeCalls()).isNotEmpty().allSatisfy(call -> assertThat(call)
                .hasMessageContaining("park"));
    }

    @Test
    void otherThreadsMaySleep() throws Exception {
        TimeUnit.MILLISECONDS.sleep(1);

        assertThat(BlockingGuard.takeCalls()).isEmpty();
    }
}
