package io.sluice.mqtt.connection;

import io.sluice.mqtt.codec.ReadTurn;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Shares the time of an event loop among its connections. Whatever a socket had for us would be worked off in a row: a
 * read may bring thirty thousand pings, and all others of the loop would wait for their answers. So a read has a short
 * turn, in which everything is done that a device sends which does not hurry; the rest waits, and those who wait have
 * one longer turn between them for each time that the loop has looked at all sockets. No work is added and none is refused, and when
 * nobody else is there the next turn begins at once. Confined to its loop.
 */
final class Turns {

    /**
     * As long as it takes to read some dozens of messages: whoever does not send more is never held. Sockets that have
     * much to read at once have one each, before anybody waits.
     */
    private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    /** Each time that the loop has looked at its sockets, those who send much have as long as this, or half more. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** When it is not used up, the next one who waits begins. */
    private static final long SHARED_NANOS = TURN_NANOS / 2;

    private final Loop loop;
    /** Each connection of the loop at most once. */
    private final Deque<Turn> waiting = new ArrayDeque<>();

    private boolean isScheduled;

    Turns(Loop loop) {
        this.loop = loop;
    }

    /** What waits for its turn. */
    interface Waiter {
        /** There is more to read, and its turn is over: the socket must not be read meanwhile. */
        void onTurnOver();

        /** It is its turn: goes on reading until that is over, or everything is read. */
        void onTurn();
    }

    /** A connection's share. */
    Turn of(Waiter waiter) {
        return new Turn(waiter);
    }

    private void schedule() {
        if (!isScheduled && !waiting.isEmpty()) {
            // Unlike a task without a delay it does not run before the loop has looked at its sockets.
            loop.schedule(Duration.ZERO, this::next);
            isScheduled = true;
        }
    }

    private void next() {
        isScheduled = false;
        long beginNanos = loop.nanoTime();
        try {
            // Those with little left share a turn, so that they do not wait for as many looks at all sockets.
            for (int left = waiting.size(); left > 0 && loop.nanoTime() - beginNanos < SHARED_NANOS; left--) {
                waiting.removeFirst().begin();
            }
        } finally {
            schedule();
        }
    }

    /** The share of one connection. */
    final class Turn implements ReadTurn {
        private final Waiter waiter;
        private boolean isWaiting;
        private boolean hasBegun;
        private long beginNanos;
        private long limitNanos = FIRST_NANOS;

        Turn(Waiter waiter) {
            this.waiter = waiter;
        }

        private void begin() {
            isWaiting = false;
            hasBegun = true;
            beginNanos = loop.nanoTime();
            limitNanos = TURN_NANOS;
            waiter.onTurn();
        }

        @Override
        public boolean isOver() {
            long nowNanos = loop.nanoTime();
            if (!hasBegun) {
                hasBegun = true;
                beginNanos = nowNanos;
                return false;
            }
            if (nowNanos - beginNanos < limitNanos) {
                return false;
            }
            await();
            return true;
        }

        /** Has its turn when all who wait already have had theirs: for what has been read before. */
        void await() {
            if (!isWaiting) {
                isWaiting = true;
                waiting.addLast(this);
                schedule();
                waiter.onTurnOver();
            }
        }

        @Override
        public void onAllRead() {
            hasBegun = false;
            limitNanos = FIRST_NANOS;
        }
    }
}
