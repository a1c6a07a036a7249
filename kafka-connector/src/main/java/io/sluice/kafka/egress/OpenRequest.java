package io.sluice.kafka.egress;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Egress.StartListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;

/**
 * One subscriber's demand for a filter, from open to close. Safe for all threads: a lock orders open and close, each
 * tail does its part once, the last of them completes it.
 */
final class OpenRequest {

    private final TopicFilter filter;
    private final List<TopicPartition> held;
    private final StartListener listener;
    private final Runnable onOpened;
    private final AtomicInteger tailsLeft;
    // No tail may see the close before the open.
    private final ReentrantLock posting = new ReentrantLock();
    private State state = State.NEW;

    private enum State {
        NEW,
        POSTED,
        CLOSED
    }

    /** @param held partitions that it needs, though the filter alone would not */
    OpenRequest(TopicFilter filter, List<TopicPartition> held, StartListener listener, int tails, Runnable onOpened) {
        this.filter = filter;
        this.held = List.copyOf(held);
        this.listener = listener;
        this.onOpened = onOpened;
        tailsLeft = new AtomicInteger(tails);
    }

    TopicFilter filter() {
        return filter;
    }

    List<TopicPartition> held() {
        return held;
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

    /** Gives the demand to the tails, unless it was closed before. */
    void post(List<TailThread> tails) {
        posting.lock();
        try {
            if (state == State.NEW) {
                state = State.POSTED;
                tails.forEach(tail -> tail.open(this));
            }
        } finally {
            posting.unlock();
        }
    }

    /** Takes the demand back. Idempotent. */
    void close(List<TailThread> tails) {
        posting.lock();
        try {
            if (state == State.POSTED) {
                tails.forEach(tail -> tail.close(this));
            }
            state = State.CLOSED;
        } finally {
            posting.unlock();
        }
    }
}
