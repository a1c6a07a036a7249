package io.sluice.app.config;

import java.time.Duration;

/**
 * What a session may hold.
 *
 * @param maxExpiry the longest a session outlives its connection
 * @param minExpiry the shortest that one does which outlives it at all
 * @param maxInflight unacknowledged deliveries
 * @param buffer messages behind them
 * @param maxSubscriptions subscriptions
 */
@Later({"retry-on-reconnect-only"})
public record SessionsConfig(
        @Key(
                value = "The longest time that a session outlives its connection.",
                byDefault = "7d",
                min = "0s",
                max = "49710d")
        Duration maxExpiry,

        @Key(
                value = "The shortest time that a session outlives its connection, if its client wants that at all.",
                byDefault = "0s",
                min = "0s",
                max = "49710d")
        Duration minExpiry,

        @Key(
                value = "The most unacknowledged deliveries to a client, whatever it allows.",
                byDefault = "100",
                min = "1",
                max = "65535",
                unit = "messages")
        int maxInflight,

        @Key(
                value = "Messages held behind them before a session lags and is read from Kafka instead.",
                byDefault = "256",
                min = "1",
                max = "65536",
                unit = "messages")
        int buffer,

        @Key(
                value = "The most subscriptions of a session; one more is answered with Quota exceeded.",
                byDefault = "1000",
                min = "1",
                max = "1000000",
                unit = "subscriptions")
        int maxSubscriptions) {}
