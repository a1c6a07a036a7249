package io.sluice.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.sluice.app.config.ObservabilityConfig.Format;
import io.sluice.app.config.ObservabilityConfig.LogConfig;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process's log: set by the configuration, its levels changeable while it runs. Safe for all threads. */
public final class Logs {

    /** Whose level the configuration sets. */
    public static final String OURS = "io.sluice";

    private Logs() {}

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /** Makes the log as it is configured. */
    public static void configure(LogConfig config) {
        context().getLogger(OURS).setLevel(Level.toLevel(config.level().name()));
        if (config.format() == Format.JSON) {
            Iterator<Appender<ILoggingEvent>> appenders =
                    context().getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream) {
                    JsonLines encoder = new JsonLines();
                    encoder.setContext(context());
                    encoder.start();
                    stream.setEncoder(encoder);
                }
            }
        }
    }

    /** The loggers that have a level of their own, by name. */
    public static Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            Level level = logger.getLevel();
            if (level != null) {
                levels.put(logger.getName(), level.toString().toLowerCase(Locale.ROOT));
            }
        }
        return levels;
    }

    /**
     * Sets a logger's level, until the process ends.
     *
     * @param logger the name of a package or class; below it the level holds where nothing else is said
     * @param level error, warn, info, debug, trace, off; null takes the logger's own level away
     * @throws IllegalArgumentException when there is no such level, or it is the root's that is to be taken away
     */
    public static void setLevel(String logger, @Nullable String level) {
        Level parsed = level == null ? null : Level.toLevel(level, null);
        if (level != null && parsed == null) {
            throw new IllegalArgumentException("level: \"" + level + "\" (expected: one of "
                    + String.join(", ", Arrays.asList("error", "warn", "info", "debug", "trace", "off")) + ")");
        }
        if (level == null && logger.equalsIgnoreCase(Logger.ROOT_LOGGER_NAME)) {
            throw new IllegalArgumentException("level: none for the root (expected: one)");
        }
        context().getLogger(logger).setLevel(parsed);
    }
}
