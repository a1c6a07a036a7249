package io.sluice.kafka.egress;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Egress.StartListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One subscriber's demand for a filter, from open to close. Safe for all threads: each tail does its part once, the
 * last of them completes it.
 */
final class OpenRequest {

    private final TopicFilter filter;
    private final StartListener listener;
    private final Runnable onOpened;
    private final AtomicInteger tailsLeft;
    private final AtomicBoolean closed = new AtomicBoolean();

    OpenRequest(TopicFilter filter, StartListener listener, int tails, Runnable onOpened) {
        this.filter = filter;
        this.listener = listener;
        this.onOpened = onOpened;
        tailsLeft = new AtomicInteger(tails);
    }

    TopicFilter filter() {
        return filter;
    }

    StartListener listener() {
        return listener;
    }

    /** One tail has told all starting offsets of its partitions. */
    void onTailOpened() {
        if (tailsLeft.decrementAndGet() == 0) {
            onOpened.run();
        }
    }

    /** Whether this call was the one that closed it. */
    boolean close() {
        return closed.compareAndSet(false, true);
    }

    boolean isClosed() {
        return closed.get();
    }
}
