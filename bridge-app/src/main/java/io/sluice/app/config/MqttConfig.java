package io.sluice.app.config;

import java.time.Duration;

/**
 * What clients are told and held to.
 *
 * @param maxPacketSize the largest packet
 * @param receiveMaximum unacknowledged PUBLISH packets of a client
 * @param topicAliasMaximum topic aliases of a client
 * @param maxKeepAlive the longest keep-alive, or 0 for any
 * @param maxClientIdLength of a client id
 * @param retained whether retained messages are supported
 * @param wildcardSubscriptions whether filters may have wildcards
 * @param connectTimeout from the accepted socket to CONNECT
 */
@Later({"shared-subscriptions", "sys-topics"})
public record MqttConfig(
        @Key(value = "The largest packet that a client may send.", byDefault = "1MiB", min = "1KiB", max = "256MiB")
        Bytes maxPacketSize,

        @Key(
                value = "The most PUBLISH packets of QoS 1 and 2 that a client may have unacknowledged.",
                byDefault = "1000",
                min = "1",
                max = "65535",
                unit = "packets")
        int receiveMaximum,

        @Key(
                value = "The most topic aliases that a client may use; 0 for none.",
                byDefault = "16",
                min = "0",
                max = "65535",
                unit = "aliases")
        int topicAliasMaximum,

        @Key(
                value = "The longest keep-alive; a client that asks for more gets this one. 0 for any.",
                byDefault = "0s",
                min = "0s",
                max = "65535s")
        Duration maxKeepAlive,

        @Key(value = "The longest client id.", byDefault = "256", min = "23", max = "65535", unit = "bytes of UTF-8")
        int maxClientIdLength,

        @Key(value = "Whether retained messages are supported.", byDefault = "true")
        boolean retained,

        @Key(value = "Whether filters may have wildcards.", byDefault = "true")
        boolean wildcardSubscriptions,

        @Key(
                value = "The longest time from the accepted connection to CONNECT.",
                byDefault = "10s",
                min = "100ms",
                max = "10m")
        Duration connectTimeout) {}
