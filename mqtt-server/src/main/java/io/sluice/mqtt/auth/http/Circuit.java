package io.sluice.mqtt.auth.http;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Stops asking a server that does not answer. Closed, it lets everything through. After some failures in a row it is open
 * for a while; then one request tries, and closes it or opens it again. Safe for all threads, without locks.
 */
final class Circuit {

    /**
     * Where it stands.
     *
     * @param failures in a row
     * @param untilNanos when it has rested, if there are too many of them
     * @param trying whether a request tries
     */
    private record State(int failures, long untilNanos, boolean trying) {}

    private static final State CLOSED = new State(0, 0, false);

    private final int failuresMax;
    private final long openNanos;
    private final LongSupplier nanoClock;
    private final AtomicReference<State> state = new AtomicReference<>(CLOSED);

    Circuit(int failuresMax, Duration open, LongSupplier nanoClock) {
        this.failuresMax = failuresMax;
        openNanos = open.toNanos();
        this.nanoClock = nanoClock;
    }

    /** Whether it would let nothing through now. */
    boolean isOpen() {
        State now = Objects.requireNonNull(state.get());
        return now.failures >= failuresMax && (now.trying || nanoClock.getAsLong() - now.untilNanos < 0);
    }

    /** Whether a request may go through: whoever does must tell how it ended. */
    boolean enter() {
        while (true) {
            State now = Objects.requireNonNull(state.get());
            if (now.failures < failuresMax) {
                return true;
            }
            if (now.trying || nanoClock.getAsLong() - now.untilNanos < 0) {
                return false;
            }
            if (state.compareAndSet(now, new State(now.failures, now.untilNanos, true))) {
                return true;
            }
        }
    }

    void succeeded() {
        state.set(CLOSED);
    }

    void failed() {
        state.updateAndGet(
                now -> new State(Math.min(now.failures + 1, failuresMax), nanoClock.getAsLong() + openNanos, false));
    }
}
