package io.sluice.app.runtime;

import io.sluice.kafka.fleet.Lease;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.LogBatch;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets nothing pass to the sessions while this instance does not know whether it is taken for dead: the tails wait, on
 * their own threads.
 */
final class LeasedSink implements DeliverySink, AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final DeliverySink sink;
    private final Lease lease;
    private volatile boolean closed;

    LeasedSink(DeliverySink sink, Lease lease) {
        this.sink = sink;
        this.lease = lease;
    }

    @Override
    public boolean accept(LogBatch batch) {
        while (!lease.isValid() && !closed) {
            LockSupport.parkNanos(this, PAUSE.toNanos());
        }
        return sink.accept(batch);
    }

    @Override
    public boolean hasRoom() {
        return sink.hasRoom();
    }

    /** Nobody waits any more. */
    @Override
    public void close() {
        closed = true;
    }
}
