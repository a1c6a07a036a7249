package io.sluice.app.security.attempts;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.JoranException;
import io.sluice.app.log.JsonLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Reads all that is logged at DEBUG, as it is written for people and as JSON: no secret in it, and each event is one line. */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final List<String> LOGGERS = List.of("io.sluice", "io.netty", "reactor");
    private static final int FINDINGS_MAX = 100;

    private final Supplier<List<String>> secrets;
    private final List<Encoder<ILoggingEvent>> encoders;
    private final ConcurrentLinkedQueue<String> findings = new ConcurrentLinkedQueue<>();
    private final AtomicLong events = new AtomicLong();

    LogWatch(Supplier<List<String>> secrets) throws JoranException {
        this.secrets = secrets;
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        JsonLines json = new JsonLines();
        json.setContext(context);
        json.start();
        encoders = List.of(text(), json);
        setContext(context);
        start();
        for (String name : LOGGERS) {
            Logger logger = context.getLogger(name);
            logger.setLevel(Level.DEBUG);
            logger.setAdditive(false);
            logger.addAppender(this);
        }
    }

    /** As Sluice writes it to its output. */
    private static Encoder<ILoggingEvent> text() throws JoranException {
        LoggerContext ours = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(ours);
        configurator.doConfigure(Objects.requireNonNull(LogWatch.class.getResource("/logback.xml"), "logback.xml"));
        OutputStreamAppender<ILoggingEvent> out = (OutputStreamAppender<ILoggingEvent>)
                ours.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stdout");
        return out.getEncoder();
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.incrementAndGet();
        for (Encoder<ILoggingEvent> encoder : encoders) {
            String line = new String(encoder.encode(event), UTF_8);
            boolean isWhole = event.getThrowableProxy() != null
                    || (line.indexOf('\n') == line.length() - 1
                            && line.chars().limit(line.length() - 1L).noneMatch(Character::isISOControl));
            if (!isWhole || secrets.get().stream().anyMatch(line::contains)) {
                if (findings.size() < FINDINGS_MAX) {
                    findings.add(line);
                }
            }
        }
    }

    /** Lines that hold a secret, or are more than one, since they were last asked for. */
    List<String> findings() {
        List<String> found = new ArrayList<>();
        for (String line = findings.poll(); line != null; line = findings.poll()) {
            found.add(line);
        }
        return found;
    }

    long events() {
        return events.get();
    }

    @Override
    public void close() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (String name : LOGGERS) {
            Logger logger = context.getLogger(name);
            logger.detachAppender(this);
            logger.setAdditive(true);
            logger.setLevel(name.equals("io.sluice") ? Level.INFO : null);
        }
        stop();
    }
}
