package io.sluice.app.config;

import java.time.Duration;

/**
 * What the process may hold.
 *
 * @param inflightBytes the gate: bytes on their way to Kafka
 * @param connections all listeners together
 * @param unauthenticatedPacketSize a packet of somebody who is not authenticated yet
 * @param packetTimeout how long a packet may take to come
 * @param userProperties user properties of a packet
 * @param filtersPerPacket topic filters of a packet
 * @param connectionsPerAddress from one address
 * @param connectRate all listeners together
 * @param claimRate of each client id
 * @param perClient of each client
 * @param topicLevels levels of a topic name or filter
 * @param lookAhead what is read of a connection that waits for the gate
 * @param holdTimeout how long a connection may be held without progress
 * @param retainedMessages retained messages
 * @param handoverBatches what waits on an event loop for subscribers
 * @param sparkplugBirths what births of Sparkplug have said of metrics
 */
public record LimitsConfig(
        @Key(
                value = "The most bytes on their way to Kafka, a size or a share of the heap. "
                        + "When they are used up, Sluice stops reading from its clients.",
                byDefault = "25%",
                min = "1MiB")
        HeapShare inflightBytes,

        @Key(
                value = "The most connections on all listeners together.",
                byDefault = "200000",
                min = "1",
                unit = "connections")
        int connections,

        @Key(
                value = "The largest packet of a client that is not authenticated yet, its CONNECT above all; "
                        + "mqtt.max-packet-size counts where it is less.",
                byDefault = "64KiB",
                min = "1KiB",
                max = "16MiB")
        Bytes unauthenticatedPacketSize,

        @Key(
                value = "How long a packet may take from its first byte to its last, until the connection is closed; "
                        + "0 for any time. mqtt.connect-timeout is the one for CONNECT.",
                byDefault = "5m",
                min = "0s",
                max = "1d")
        Duration packetTimeout,

        @Key(
                value = "The most user properties of a packet; a client that sends more is disconnected.",
                byDefault = "100",
                min = "0",
                max = "100000",
                unit = "properties")
        int userProperties,

        @Key(
                value =
                        "The most topic filters of a SUBSCRIBE or an UNSUBSCRIBE; a client that sends more is disconnected.",
                byDefault = "1000",
                min = "1",
                max = "100000",
                unit = "filters")
        int filtersPerPacket,

        @Key(
                value =
                        "The most connections from one address, or from one IPv6 network of 64 bits; one more is closed. "
                                + "Those of the machine itself are not counted, and behind a proxy that says whom it stands for the "
                                + "client's own address counts. 0 for any number, which is right where a load balancer or NAT gives "
                                + "all clients one address.",
                byDefault = "1000",
                min = "0",
                unit = "connections")
        int connectionsPerAddress,

        @Key(
                value = "How fast connections are accepted, on all listeners together; who comes faster waits in the "
                        + "kernel's queue. 0/s for any rate.",
                byDefault = "0/s")
        Rate connectRate,

        @Key(
                value =
                        "How often one client id may connect, on each instance; two seconds' worth may come at once. Of those "
                                + "who come faster the newest waits, and the others are closed: two devices with one client id "
                                + "would otherwise take each other's session over as fast as they can. 0/s for any rate.",
                byDefault = "10/s")
        Rate claimRate,

        @Key("What each client may do.") PerClientLimits perClient,

        @Key(
                value = "The most levels of a topic name or filter.",
                byDefault = "128",
                min = "1",
                max = "65535",
                unit = "levels")
        int topicLevels,

        @Key(
                value = "How much is read from a connection while it waits for Kafka, so that its pings and "
                        + "acknowledgements still get through; an MQTT 5 client is read up to its Receive Maximum.",
                byDefault = "64KiB",
                min = "1KiB",
                max = "16MiB")
        Bytes lookAhead,

        @Key(
                value =
                        "How long a connection is held, which is not read since Kafka takes nothing or the client reads "
                                + "nothing, until it is closed because nothing went ahead, and how long a CONNECT waits for its answer; 0 for ever.",
                byDefault = "1h",
                min = "0s",
                max = "7d")
        Duration holdTimeout,

        @Key(
                value = "The most retained messages; the publisher of one more is refused.",
                byDefault = "1000000",
                min = "1",
                unit = "messages")
        int retainedMessages,

        @Key(
                value = "The most batches of records that wait on an event loop until reading from Kafka pauses.",
                byDefault = "64",
                min = "1",
                max = "65536",
                unit = "batches")
        int handoverBatches,

        @Key(
                value =
                        "About the most memory for what the births of Sparkplug edge nodes and devices have said of their "
                                + "metrics, some 300 bytes for each metric; beyond it those of least use are forgotten, and their data "
                                + "is written without names until they are born again.",
                byDefault = "64MiB",
                min = "1MiB")
        Bytes sparkplugBirths) {

    /**
     * What each client may do.
     *
     * @param messages how many messages it may publish
     * @param bytes how many bytes of payload
     */
    public record PerClientLimits(
            @Key(
                    value =
                            "How many messages a client may publish. Who is faster is not read for as long as it was too "
                                    + "fast: nothing is dropped. 0/s for any number.",
                    byDefault = "0/s")
            Rate messages,

            @Key(
                    value =
                            "How many bytes of payload a client may publish, e.g. `64KiB/s`; as `messages`. What one of its "
                                    + "packets takes longer than its keep-alive makes it believe that the server is gone.",
                    byDefault = "0/s")
            ByteRate bytes) {}
}
