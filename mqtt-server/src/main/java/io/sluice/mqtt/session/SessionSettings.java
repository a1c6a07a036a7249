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
 */
public record SessionSettings(
        int windowMessagesMax,
        int bufferMessagesMax,
        int bufferBytesMax,
        int catchUpBytes,
        Duration expiryMax,
        int subscriptionsMax) {

    public static final SessionSettings DEFAULTS =
            new SessionSettings(100, 256, 1 << 20, 256 << 10, Duration.ofDays(7), 1_000);
}
