package io.sluice.mqtt.connection;

import io.sluice.mqtt.codec.ReadTurn;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Shares the time of an event loop among its connections. Whatever a socket had for us would be worked off in a row: a
 * read may bring thirty thousand pings, and all others of the loop would wait for their answers. So a read has a short
 * turn, in which everything is done that a device sends which does not hurry; the rest waits, and of those who wait one
 * has a turn for each time that the loop has looked at all sockets. No work is added and none is refused, and when
 * nobody else is there the next turn begins at once. Confined to its loop.
 */
final class Turns {

    /** As long as it takes to read some dozens of messages: many may send at once, and none of them waits yet. */
    private static final long FIRST_NANOS = Duration.ofNanos(300_000).toNanos();

    /** Those who send little wait as long as this at most, for one of those who send much. */
    private static final long TURN_NANOS = Duration.ofMillis(1).toNanos();

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
    ReadTurn of(Waiter waiter) {
        return new Turn(waiter);
    }

    private void schedule() {
        if (!isScheduled) {
            isScheduled = true;
            // Unlike a task without a delay it does not run before the loop has looked at its sockets.
            loop.schedule(Duration.ZERO, this::next);
        }
    }

    private void next() {
        isScheduled = false;
        Turn turn = waiting.pollFirst();
        if (turn != null) {
            turn.begin();
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    private final class Turn implements ReadTurn {
        private final Waiter waiter;
        private boolean hasBegun;
        private long beginNanos;
        private long limitNanos = FIRST_NANOS;

        Turn(Waiter waiter) {
            this.waiter = waiter;
        }

        private void begin() {
            hasBegun = true;
            beginNanos = loop.nanoTime();
            limitNanos = TURN_NANOS;
            waiter.onTurn();
        }

        @Override
        public boolean isOver() {
            long nowNanos = loop.nanoTime();
            if (!hasBegun) {
                // Few read so much that the time is asked for: it does not count before.
                hasBegun = true;
                beginNanos = nowNanos;
                return false;
            }
            if (nowNanos - beginNanos < limitNanos) {
                return false;
            }
            waiting.addLast(this);
            schedule();
            waiter.onTurnOver();
            return true;
        }

        @Override
        public void onAllRead() {
            hasBegun = false;
            limitNanos = FIRST_NANOS;
        }
    }
}
