package io.sluice.kafka.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.ingress.ProducerGate.GateShare;
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

    /** Wants the same again and again, as long as it has something left. */
    private final class Share implements GateShare {
        private final String name;
        private final long bytes;
        private int turnsLeft;

        Share(String name, long bytes, int turns) {
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
                gate.await(this);
            }
        }
    }

    @Test
    void roomIsGivenInTurns() {
        assertThat(gate.tryAcquire(100)).isTrue();
        gate.await(new Share("much", 50, 3));
        gate.await(new Share("little", 50, 1));

        gate.release(100);
        gate.release(100);

        assertThat(granted).containsExactly("much", "little", "much", "much");
        gate.release(100);
        assertThat(gate.inflightBytes()).isZero();
    }

    @Test
    void nobodyOvertakesWhoWaits() {
        assertThat(gate.tryAcquire(60)).isTrue();
        gate.await(new Share("large", 80, 1));

        assertThat(gate.tryAcquire(1)).isFalse();
    }

    @Test
    void whatIsLargerThanTheGateGoesAlone() {
        assertThat(gate.tryAcquire(1)).isTrue();
        assertThat(gate.tryAcquire(500)).isFalse();
        gate.release(1);

        assertThat(gate.tryAcquire(500)).isTrue();
    }

    @Test
    void closedTimeIsCountedWhileSomebodyWaits() {
        assertThat(gate.tryAcquire(100)).isTrue();
        gate.await(new Share("a", 10, 1));
        nanos.set(2_000_000_000L);
        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.closedSeconds()).isEqualTo(2);

        gate.release(100);
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
                    if (gate.tryAcquire(40)) {
                        gate.release(40);
                        done.countDown();
                    } else {
                        gate.await(new Once(executor, done));
                    }
                }
            });
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        executor.shutdown();
        assertThat(gate.inflightBytes()).isZero();
        assertThat(gate.isClosed()).isFalse();
    }

    /** Gives back what it is granted, on another thread. */
    private final class Once implements GateShare {
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
                gate.release(bytes);
                done.countDown();
            });
        }
    }
}
