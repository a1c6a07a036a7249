package io.sluice.mqtt.connection;

import java.time.Duration;

/**
 * What the server grants to a connection.
 *
 * @param connectionsMax most connections of this instance
 * @param connectTimeout how long a connection may take until its CONNECT is complete
 * @param maxPacketSize largest packet that is accepted, in bytes
 * @param receiveMaximum most PUBLISHes at QoS 1 and 2 without an answer: told to MQTT 5 clients; an MQTT 3 client that
 *     has more is not read any further
 * @param topicAliasMaximum most topic aliases, in each direction
 * @param keepAliveSecondsMax longest keep-alive that is granted to MQTT 5 clients; 0 for any
 * @param holdTimeout how long a client is held at most without any progress; zero for any time
 * @param topicLevelsMax most levels of a topic name or filter
 * @param retainAvailable whether retained messages are supported
 * @param wildcardAvailable whether subscriptions may have wildcards
 */
public record ConnectionSettings(
        int connectionsMax,
        Duration connectTimeout,
        int maxPacketSize,
        int receiveMaximum,
        int topicAliasMaximum,
        int keepAliveSecondsMax,
        Duration holdTimeout,
        int topicLevelsMax,
        boolean retainAvailable,
        boolean wildcardAvailable) {

    public static final ConnectionSettings DEFAULTS = new ConnectionSettings(
            200_000, Duration.ofSeconds(10), 1 << 20, 1_000, 16, 0, Duration.ofHours(1), 128, true, true);
}
