package io.sluice.mqtt.connection;

import java.time.Duration;

/**
 * What the server grants to a connection.
 *
 * @param connectionsMax most connections of this instance
 * @param connectionsPerAddressMax most connections from one address; 0 for any number. The machine itself has no such
 *     limit
 * @param connectTimeout how long a connection may take until its CONNECT is complete
 * @param maxPacketSize largest packet that is accepted, in bytes
 * @param receiveMaximum most PUBLISHes at QoS 1 and 2 without an answer: told to MQTT 5 clients; an MQTT 3 client that
 *     has more is not read any further
 * @param topicAliasMaximum most topic aliases, in each direction
 * @param keepAliveSecondsMax longest keep-alive that is granted to MQTT 5 clients; 0 for any
 * @param holdTimeout how long a client is held at most without any progress, and how long its CONNECT waits for the
 *     answer; zero for any time
 * @param packetTimeout how long a packet may take from its first byte to its last; zero for any time
 * @param topicLevelsMax most levels of a topic name or filter
 * @param retainAvailable whether retained messages are supported
 * @param wildcardAvailable whether subscriptions may have wildcards
 * @param deniedPublish what an MQTT 3 client gets that publishes where it may not
 * @param capabilities what else is supported, and what is closed to everybody
 * @param clientRate how fast a client may publish
 */
public record ConnectionSettings(
        int connectionsMax,
        int connectionsPerAddressMax,
        Duration connectTimeout,
        int maxPacketSize,
        int receiveMaximum,
        int topicAliasMaximum,
        int keepAliveSecondsMax,
        Duration holdTimeout,
        Duration packetTimeout,
        int topicLevelsMax,
        boolean retainAvailable,
        boolean wildcardAvailable,
        DeniedPublish deniedPublish,
        Capabilities capabilities,
        ClientRate clientRate) {

    /**
     * How fast a client may publish; who is faster is read more slowly.
     *
     * @param messagesPerSecond 0 for any number
     * @param bytesPerSecond of payloads; 0 for any number
     */
    public record ClientRate(long messagesPerSecond, long bytesPerSecond) {

        public static final ClientRate NONE = new ClientRate(0, 0);

        boolean isAny() {
            return messagesPerSecond > 0 || bytesPerSecond > 0;
        }
    }

    /** What a client gets that publishes where it may not, and whose version has no way to say so. */
    public enum DeniedPublish {
        /** The connection is closed: the client must not take the message for stored. */
        DISCONNECT,
        /** The message is acknowledged, and dropped. */
        DROP
    }

    public static final ConnectionSettings DEFAULTS = new ConnectionSettings(
            200_000,
            1_000,
            Duration.ofSeconds(10),
            1 << 20,
            1_000,
            16,
            0,
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            128,
            true,
            true,
            DeniedPublish.DISCONNECT,
            Capabilities.ALL,
            ClientRate.NONE);
}
