package io.sluice.kafka.fleet;

import java.time.Duration;

/**
 * How an instance says that it lives, and when the others stop to believe it.
 *
 * @param heartbeat how often it says so
 * @param timeout how long it may be silent before it is declared dead
 */
public record FleetSettings(Duration heartbeat, Duration timeout) {

    public FleetSettings {
        if (heartbeat.toMillis() < 1 || timeout.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("instance: heartbeat " + heartbeat + ", timeout " + timeout
                    + " (expected: at least a millisecond, and at least twice the heartbeat)");
        }
    }
}
