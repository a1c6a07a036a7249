package io.sluice.kafka.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProducerGateTest {

    private final AtomicLong nanos = new AtomicLong();
    private final ProducerGate gate = new ProducerGate(100, nanos::get);
    private final List<String> granted = new ArrayList<>();

    /** Wants the same again and again, as long as it has something left, and keeps nothing of it. */
    private final class Lane implements ProducerGate.Waiter {
        private final ProducerGate.Share share = gate.open(this);
        private final String name;
        private final long bytes;
        private int turnsLeft;

        Lane(String name, long bytes, int turns) {
            this.name = name;
            this.bytes = bytes;
            turnsLeft = turns;
        }

        @Override
        public long wantedBytes() {
            return bytes;
        }

        @Override
        public void onGranted(long grantedBytes) {
            granted.add(name);
            turnsLeft--;
            if (turnsLeft > 0) {
                share.await();
            }
        }
    }

    private ProducerGate.Share filled(long bytes) {
        ProducerGate.Share share = gate.open(new Lane("filled", 1, 1));
        assertThat(share.tryAcquire(bytes)).isTrue();
        return share;
    }

    @Test
    void roomIsGivenInTurns() {
        ProducerGate.Share other = filled(100);
        Lane much = new Lane("much", 50, 3);
        Lane little = new Lane("little", 50, 1);
        much.share.await();
        little.share.await();

        other.release(100);
        much.share.release(50);
        little.share.release(50);
        much.share.release(50);

        assertThat(granted).containsExactly("much", "little", "much", "much");
        much.share.release(50);
        assertThat(gate.inflightBytes()).isZero();
    }

    @Test
    void nobodyOvertakesWhoWaits() {
        filled(60);
        new Lane("large", 80, 1).share.await();

        assertThat(gate.open(new Lane("small", 1, 1)).tryAcquire(1)).isFalse();
    }

    @Test
    void whatIsLargerThanTheGateGoesAlone() {
        ProducerGate.Share other = filled(1);
        ProducerGate.Share large = gate.open(new Lane("large", 500, 1));
        assertThat(large.tryAcquire(500)).isFalse();
        other.release(1);

        assertThat(large.tryAcquire(500)).isTrue();
    }

    @Test
    void oneAloneHasHalfOfTheGateAndLeavesRoomForTheNext() {
        ProducerGate.Share flood = gate.open(new Lane("flood", 1, 1));
        while (flood.tryAcquire(1)) {
            assertThat(flood.heldBytes()).isLessThanOrEqualTo(50);
        }

        ProducerGate.Share next = gate.open(new Lane("next", 1, 1));

        assertThat(flood.heldBytes()).isEqualTo(50);
        assertThat(next.tryAcquire(20)).isTrue();
    }

    @Test
    void whoHoldsItsWholeShareWaitsForItsOwnBytesAndIsInNobodysWay() {
        Lane flood = new Lane("flood", 10, 1);
        while (flood.share.tryAcquire(10)) {
            assertThat(gate.inflightBytes()).isLessThanOrEqualTo(50);
        }
        flood.share.await();
        assertThat(granted).isEmpty();
        assertThat(gate.isClosed()).isTrue();
        assertThat(filled(10).heldBytes()).isEqualTo(10);

        flood.share.release(10);
        flood.share.release(10);

        assertThat(granted).containsExactly("flood");
        assertThat(gate.isClosed()).isFalse();
    }

    @Test
    void closedTimeIsCountedWhileSomebodyWaits() {
        ProducerGate.Share other = filled(100);
        new Lane("a", 10, 1).share.await();
        nanos.set(2_000_000_000L);
        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.waiting()).isEqualTo(1);
        assertThat(gate.closedSeconds()).isEqualTo(2);

        other.release(100);
        nanos.set(9_000_000_000L);

        assertThat(gate.isClosed()).isFalse();
        assertThat(gate.closedSeconds()).isEqualTo(2);
    }

    @Test
    void manyThreadsLeaveNothingInFlightAndNobodyWaiting() throws Exception {
        int threads = 4;
        int turns = 20_000;
        CountDownLatch done = new CountDownLatch(threads * turns);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            executor.execute(() -> {
                for (int turn = 0; turn < turns; turn++) {
                    Once once = new Once(executor, done);
                    if (once.share.tryAcquire(40)) {
                        once.share.release(40);
                        done.countDown();
                    } else {
                        once.share.await();
                    }
                }
            });
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        executor.shutdown();
        assertThat(gate.inflightBytes()).isZero();
        assertThat(gate.isClosed()).isFalse();
    }

    /** Each thread is a connection whose answers come on other threads; most of them hold their whole share. */
    @Test
    void nobodyWhoWaitsForItsOwnBytesIsForgotten() throws Exception {
        int lanes = 8;
        CountDownLatch done = new CountDownLatch(lanes);
        ExecutorService loop = Executors.newSingleThreadExecutor();
        ExecutorService kafka = Executors.newFixedThreadPool(3);
        for (int i = 0; i < lanes; i++) {
            loop.execute(new Busy(loop, kafka, done));
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        kafka.shutdown();
        assertThat(kafka.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        loop.shutdown();
        assertThat(gate.inflightBytes()).isZero();
        assertThat(gate.waiting()).isZero();
    }

    /** Sends as much as it may, ten thousand times. */
    private final class Busy implements ProducerGate.Waiter, Runnable {
        private final ProducerGate.Share share = gate.open(this);
        private final ExecutorService loop;
        private final ExecutorService kafka;
        private final CountDownLatch done;
        private int left = 10_000;

        Busy(ExecutorService loop, ExecutorService kafka, CountDownLatch done) {
            this.loop = loop;
            this.kafka = kafka;
            this.done = done;
        }

        @Override
        public void run() {
            while (left > 0 && share.tryAcquire(3)) {
                send(3);
            }
            if (left > 0) {
                share.await();
            } else {
                done.countDown();
            }
        }

        private void send(long bytes) {
            left--;
            kafka.execute(() -> share.release(bytes));
        }

        @Override
        public long wantedBytes() {
            return 3;
        }

        @Override
        public void onGranted(long bytes) {
            loop.execute(() -> {
                send(bytes);
                run();
            });
        }
    }

    /** Gives back what it is granted, on another thread. */
    private final class Once implements ProducerGate.Waiter {
        private final ProducerGate.Share share = gate.open(this);
        private final ExecutorService executor;
        private final CountDownLatch done;

        Once(ExecutorService executor, CountDownLatch done) {
            this.executor = executor;
            this.done = done;
        }

        @Override
        public long wantedBytes() {
            return 40;
        }

        @Override
        public void onGranted(long bytes) {
            executor.execute(() -> {
                share.release(bytes);
                done.countDown();
            });
        }
    }
}
