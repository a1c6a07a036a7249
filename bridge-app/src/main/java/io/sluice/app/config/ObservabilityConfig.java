package io.sluice.app.config;

/**
 * What the process says of itself.
 *
 * @param log the log
 */
@Later({"metrics", "tracing"})
public record ObservabilityConfig(@Key("The log.") LogConfig log) {

    /**
     * The log.
     *
     * @param format how a line looks
     * @param level what is logged
     */
    public record LogConfig(
            @Key(value = "How a line looks.", byDefault = "text") @Later({"json"})
            Format format,

            @Key(value = "The least level that is logged for Sluice's own parts.", byDefault = "info")
            Level level) {}

    /** How a line looks. */
    public enum Format {
        TEXT
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
