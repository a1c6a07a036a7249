package io.sluice.app.config;

/**
 * What the process may hold.
 *
 * @param inflightBytes the gate: bytes on their way to Kafka
 * @param connections all listeners together
 * @param topicLevels levels of a topic name or filter
 * @param lookAhead what is read of a connection that waits for the gate
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
                value = "How much is read from a connection while it waits for Kafka, "
                        + "so that its pings and acknowledgements still get through.",
                byDefault = "64KiB",
                min = "1KiB",
                max = "16MiB")
        Bytes lookAhead) {}
