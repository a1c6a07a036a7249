package io.sluice.mqtt.session;

import java.time.Duration;

/**
 * The limits of sessions.
 *
 * @param windowMessagesMax most unacknowledged deliveries of a session; the client's Receive Maximum may say less
 * @param bufferMessagesMax most deliveries that wait behind the window; a session for which that is not enough lags
 * @param bufferBytesMax most payload bytes that wait behind the window
 * @param catchUpBytes about how much a lagging session reads from the log at once
 * @param expiryMax longest Session Expiry Interval that is granted
 * @param subscriptionsMax most subscriptions of one session
 * @param drainGrace how long a client has to come back that the server sent away, until its will is published
 * @param expiryMin shortest Session Expiry Interval that is granted to who wants any
 * @param shareStrategy which member of a shared subscription a message goes to
 */
public record SessionSettings(
        int windowMessagesMax,
        int bufferMessagesMax,
        int bufferBytesMax,
        int catchUpBytes,
        Duration expiryMax,
        int subscriptionsMax,
        Duration drainGrace,
        Duration expiryMin,
        ShareStrategy shareStrategy) {

    public SessionSettings(
            int windowMessagesMax,
            int bufferMessagesMax,
            int bufferBytesMax,
            int catchUpBytes,
            Duration expiryMax,
            int subscriptionsMax,
            Duration drainGrace) {
        this(
                windowMessagesMax,
                bufferMessagesMax,
                bufferBytesMax,
                catchUpBytes,
                expiryMax,
                subscriptionsMax,
                drainGrace,
                Duration.ZERO,
                ShareStrategy.PUBLISHER);
    }

    public static final SessionSettings DEFAULTS =
            new SessionSettings(100, 256, 1 << 20, 256 << 10, Duration.ofDays(7), 1_000, Duration.ofMinutes(1));

    /** What is granted to who asks for this Session Expiry Interval; 0 stays 0. */
    long grantedExpirySeconds(long askedSeconds) {
        long atLeast = askedSeconds == 0 ? 0 : Math.max(askedSeconds, expiryMin.toSeconds());
        return Math.min(atLeast, expiryMax.toSeconds());
    }
}
