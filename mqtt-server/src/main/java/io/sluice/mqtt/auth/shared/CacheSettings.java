package io.sluice.mqtt.auth.shared;

import java.time.Duration;

/**
 * How long what was answered is remembered.
 *
 * @param entriesMax most answers that are remembered; those of least use go first
 * @param ttl how long one is remembered, from when it was given: using it does not prolong it; zero for not at all
 */
public record CacheSettings(int entriesMax, Duration ttl) {

    /** Nothing is remembered. */
    public static final CacheSettings OFF = new CacheSettings(0, Duration.ZERO);

    boolean isOn() {
        return entriesMax > 0 && ttl.compareTo(Duration.ZERO) > 0;
    }
}
