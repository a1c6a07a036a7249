package io.sluice.mqtt.port;

import java.time.Clock;

/**
 * The clock by which deadlines are set and judged that must survive a restart, or go to another instance: the same for
 * all instances, as near as each can know it. Safe for all threads.
 */
public interface EpochClock {

    /** The earliest that it may be now, in ms since 1970: what is judged by it is never over too early. */
    long earliestMillis();

    /** The latest that it may be now, in ms since 1970: a deadline that is set by it is never too early. */
    long latestMillis();

    /** A clock that knows exactly. */
    static EpochClock of(Clock clock) {
        return new EpochClock() {
            @Override
            public long earliestMillis() {
                return clock.millis();
            }

            @Override
            public long latestMillis() {
                return clock.millis();
            }
        };
    }
}
