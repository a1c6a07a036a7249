package io.sluice.app.config;

import java.time.Duration;

/**
 * What the process may hold.
 *
 * @param inflightBytes the gate: bytes on their way to Kafka
 * @param connections all listeners together
 * @param topicLevels levels of a topic name or filter
 * @param lookAhead what is read of a connection that waits for the gate
 * @param holdTimeout how long a connection may be held without progress
 * @param retainedMessages retained messages
 * @param handoverBatches what waits on an event loop for subscribers
 */
@Later({"connect-rate", "per-client"})
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
                                + "nothing, until it is closed because nothing went ahead; 0 for ever.",
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
        int handoverBatches) {}
