package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so many TLS handshakes of a listener go on at a time: a fleet that comes back at once must not keep those who are
 * connected from the processors. Further connections wait, unread, in the order in which they came. Safe for all
 * threads.
 */
final class HandshakeTurns {

    /** A connection that waits costs a socket; more than a listen queue of them is too many. */
    static final int WAITING_MAX = 4_096;

    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<ChannelHandlerContext> waiting = new ArrayDeque<>();
    private int active;

    HandshakeTurns(int max, String listener, MeterRegistry registry) {
        this.max = max;
        gauge(
                registry,
                "sluice.tls.handshakes",
                "TLS handshakes that go on now",
                listener,
                HandshakeTurns::activeCount);
        gauge(registry, "sluice.tls.handshakes.limit", "Most TLS handshakes at once", listener, self -> max);
        gauge(
                registry,
                "sluice.tls.handshakes.waiting",
                "Connections that wait for their TLS handshake",
                listener,
                HandshakeTurns::waitingCount);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String description,
            String listener,
            java.util.function.ToDoubleFunction<HandshakeTurns> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .tag("listener", listener)
                .strongReference(true)
                .register(registry);
    }

    /** Asks for a turn: true when it is now; otherwise the gate of this context is opened later, or, with too many, never. */
    Turn ask(ChannelHandlerContext ctx) {
        lock.lock();
        try {
            if (active < max) {
                active++;
                return Turn.NOW;
            }
            if (waiting.size() >= WAITING_MAX) {
                return Turn.NEVER;
            }
            waiting.addLast(ctx);
            return Turn.LATER;
        } finally {
            lock.unlock();
        }
    }

    enum Turn {
        NOW,
        LATER,
        NEVER
    }

    /** A turn is over. */
    void done() {
        ChannelHandlerContext next;
        lock.lock();
        try {
            next = waiting.pollFirst();
            if (next == null) {
                active--;
                return;
            }
        } finally {
            lock.unlock();
        }
        ChannelHandlerContext ctx = next;
        ctx.executor().execute(() -> ((HandshakeGate) ctx.handler()).onTurn(ctx));
    }

    /** A connection that waited is gone: true when it was still waiting. */
    boolean leave(ChannelHandlerContext ctx) {
        lock.lock();
        try {
            return waiting.remove(ctx);
        } finally {
            lock.unlock();
        }
    }

    private int activeCount() {
        lock.lock();
        try {
            return active;
        } finally {
            lock.unlock();
        }
    }

    private int waitingCount() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
