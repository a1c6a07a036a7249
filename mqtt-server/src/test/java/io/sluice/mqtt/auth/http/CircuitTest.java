package io.sluice.mqtt.auth.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Circuit circuit = new Circuit(3, Duration.ofSeconds(10), nanos::get);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(circuit.enter()).isTrue();
            circuit.failed();
        }
    }

    @Test
    void fewFailuresDoNotOpenIt() {
        fail(2);

        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.enter()).isTrue();
    }

    @Test
    void aSuccessStartsTheCountAgain() {
        fail(2);
        circuit.succeeded();
        fail(2);

        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void afterTheLastFailureNothingGoesThroughForAWhile() {
        fail(3);

        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.enter()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertThat(circuit.enter()).isFalse();
    }

    @Test
    void thenOneTries() {
        fail(3);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThat(circuit.enter()).isTrue();
        assertThat(circuit.enter()).isFalse();
        assertThat(circuit.isOpen()).isTrue();

        circuit.failed();
        assertThat(circuit.enter()).isFalse();

        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(circuit.enter()).isTrue();
        circuit.succeeded();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.enter()).isTrue();
    }
}
