package io.sluice.app.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.DrainConfig;
import io.sluice.app.management.Health;
import io.sluice.mqtt.connection.Connections;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process stops: unready and still accepting, so that load balancers take notice; then nobody new; then the
 * clients are sent away at a rate that those who take them can bear; then what they left behind is written. Confined to
 * the thread that stops.
 */
final class Draining {

    private static final Logger log = LoggerFactory.getLogger(Draining.class);
    /** For the last of the clients, and for what they left behind. */
    private static final Duration REST_MAX = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(10);

    private final DrainConfig config;
    private final Health health;
    private volatile boolean began;
    private long untilNanos;

    Draining(DrainConfig config, Health health, MeterRegistry registry) {
        this.config = config;
        this.health = health;
        Gauge.builder("sluice.draining", () -> began ? 1 : 0)
                .description("1 from the moment on that the process was told to stop")
                .register(registry);
    }

    /**
     * The process is told to stop.
     *
     * @param isAwaited whether there may be somebody who has to take notice before it accepts no more
     */
    void begin(boolean isAwaited) {
        untilNanos = System.nanoTime() + config.timeout().toNanos();
        began = true;
        health.onDraining();
        if (isAwaited) {
            LockSupport.parkNanos(config.delay().toNanos());
        }
    }

    /**
     * Sends the clients away, and returns when they are gone and what they left is written, or when the time is up.
     *
     * @param others how many other instances may take them
     * @param unwritten how much of what they left is not in Kafka yet
     * @param isPaced whether there is a reason to take time: not for an instance whose sessions others have taken
     */
    void sendAway(Connections connections, Loop loop, int others, IntSupplier unwritten, boolean isPaced) {
        int count = connections.size();
        int rate = isPaced ? rate(count) : Integer.MAX_VALUE;
        ReasonCode reasonCode = others > 0 ? ReasonCode.USE_ANOTHER_SERVER : ReasonCode.SERVER_SHUTTING_DOWN;
        log.atInfo()
                .addKeyValue("connections", count)
                .addKeyValue("perSecond", rate)
                .addKeyValue("otherInstances", others)
                .log("Clients are sent away");
        var told = connections.drain(rate, reasonCode, loop).toFuture();
        while (!told.isDone() && untilNanos - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        told.cancel(false);
        long restUntil = Math.min(untilNanos, System.nanoTime() + REST_MAX.toNanos());
        while ((connections.size() > 0 || unwritten.getAsInt() > 0) && restUntil - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        if (connections.size() > 0 || unwritten.getAsInt() > 0) {
            log.atWarn()
                    .addKeyValue("connections", connections.size())
                    .addKeyValue("unwrittenSessions", unwritten.getAsInt())
                    .log("Not all clients were sent away in time; what is not written, others take from the log");
        }
    }

    /** The configured rate, or what it takes to be done in time. */
    private int rate(int connections) {
        Duration rest = Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime()));
        Duration forTelling = rest.minus(min(REST_MAX, rest.dividedBy(4)));
        double needed = connections * 1e9 / Math.max(1, forTelling.toNanos());
        return (int) Math.max(config.rate().perSecond(), Math.ceil(needed));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
