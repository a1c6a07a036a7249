package io.sluice.app.config;

import org.jspecify.annotations.Nullable;

/**
 * What the process says of itself.
 *
 * @param log the log
 * @param tracing spans of messages
 */
@Later("metrics")
public record ObservabilityConfig(
        @Key("The log.") LogConfig log,
        @Key("Spans of messages.") TracingConfig tracing) {

    /**
     * The log.
     *
     * @param format how a line looks
     * @param level what is logged
     */
    public record LogConfig(
            @Key(value = "How a line looks: for people, or an object of JSON on each line.", byDefault = "text")
            Format format,

            @Key(value = "The least level that is logged for Sluice's own parts.", byDefault = "info")
            Level level) {}

    /**
     * Spans of messages, for who follows them across programs.
     *
     * @param endpoint where they go, or null when there are none
     * @param header what carries the trace context
     * @param sampleRatio of the messages that come without a trace context, how many are followed
     */
    public record TracingConfig(
            @Key("Where spans go: the base of a collector that takes OpenTelemetry's OTLP over HTTP, e.g. "
                    + "`http://collector:4318`. Absent: no spans are made; the trace context passes through all the "
                    + "same.")
            @Nullable
            HttpBase endpoint,

            @Key(
                    value = "What carries the trace context, as a user property of MQTT 5 and as a header in Kafka: "
                            + "W3C's.",
                    byDefault = "traceparent")
            TraceHeader header,

            @Key(
                    value = "How many of the messages that come without a trace context are followed, from 0 to 1. A "
                            + "message with one is followed when that says so.",
                    byDefault = "0.01")
            Ratio sampleRatio) {}

    /** What carries the trace context. */
    public enum TraceHeader {
        /** W3C Trace Context, with {@code tracestate}. */
        TRACEPARENT
    }

    /** How a line looks. */
    public enum Format {
        /** For people: time, level, message, keys. */
        TEXT,
        /** An object of JSON on each line. */
        JSON
    }

    /** How much is logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
