package io.sluice.app.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.management.ManagementServer.Reloaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts files in force that have changed while the server runs: all of what has changed, or nothing. Looks at them
 * again and again, at what the names stand for and not at the directory, since Kubernetes swaps a link above them.
 * Safe for all threads; reads on one of its own.
 */
final class Reloader implements AutoCloseable {

    /** A part of the server whose files may change. */
    interface Part {

        /** The files, by the names that they have in the configuration. */
        List<Path> files();

        /**
         * Reads the files, without using them. Blocks.
         *
         * @return what puts them in force; must not fail
         * @throws IOException when one cannot be used: the message says which and why
         */
        Runnable prepare() throws IOException;
    }

    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Reloader.class);

    private final List<Part> parts;
    private final Runnable onReloaded;
    private final LongSupplier wallMillis;
    private final Counter succeeded;
    private final Counter failed;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "reload");
        made.setDaemon(true);
        return made;
    });
    /** What was last tried, whether or not it could be used. */
    private List<String> tried;

    private List<String> seen;
    private volatile boolean successful = true;
    private volatile long successMillis;

    /**
     * @param onReloaded called on the thread when something new is in force
     */
    Reloader(List<Part> parts, Runnable onReloaded, LongSupplier wallMillis, MeterRegistry registry) {
        this.parts = List.copyOf(parts);
        this.onReloaded = onReloaded;
        this.wallMillis = wallMillis;
        this.successMillis = wallMillis.getAsLong();
        this.tried = look();
        this.seen = tried;
        succeeded = counter(registry, "success");
        failed = counter(registry, "failure");
        Gauge.builder("sluice.config.last.reload.successful", this, self -> self.successful ? 1 : 0)
                .description(
                        "0 when what the files say now could not be put in force, and what they said before still is")
                .register(registry);
        Gauge.builder("sluice.config.last.reload.success.timestamp.seconds", this, self -> self.successMillis / 1e3)
                .description("When files were last read and put in force")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("sluice.config.reloads")
                .description("Times that changed files were read again, by whether they could be put in force")
                .tag("outcome", outcome)
                .register(registry);
    }

    void start() {
        thread.scheduleWithFixedDelay(this::check, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads all files again, whether or not they have changed. Any thread; returns at once.
     *
     * @return what came of it, on the reloader's thread
     */
    CompletionStage<Reloaded> request() {
        CompletableFuture<Reloaded> result = new CompletableFuture<>();
        try {
            thread.execute(() -> result.complete(reload(look())));
        } catch (RejectedExecutionException closed) {
            result.complete(new Reloaded(false, "the server is shutting down"));
        }
        return result;
    }

    /** Reads what has changed, when it has not changed any more since the look before: a pair is written one by one. */
    void check() {
        List<String> now = look();
        if (!now.equals(tried) && now.equals(seen)) {
            var unused = reload(now);
        }
        seen = now;
    }

    private Reloaded reload(List<String> now) {
        tried = now;
        try {
            List<Runnable> changes = new ArrayList<>();
            for (Part part : parts) {
                changes.add(part.prepare());
            }
            changes.forEach(Runnable::run);
        } catch (IOException | RuntimeException e) {
            successful = false;
            failed.increment();
            log.atError()
                    .addKeyValue("cause", e.getMessage())
                    .log("Changed files cannot be used: what they said before stays in force");
            return new Reloaded(false, String.valueOf(e.getMessage()));
        }
        successful = true;
        successMillis = wallMillis.getAsLong();
        succeeded.increment();
        log.atInfo().log("Changed files are in force");
        onReloaded.run();
        return new Reloaded(true, "What the files say is in force.");
    }

    /** What tells one version of the files from another. */
    private List<String> look() {
        return parts.stream()
                .flatMap(part -> part.files().stream())
                .distinct()
                .map(Reloader::version)
                .toList();
    }

    private static String version(Path file) {
        try {
            Path real = file.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            return real + " " + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + " " + attributes.size() + " "
                    + attributes.fileKey();
        } catch (IOException e) {
            return file + " " + e.getClass().getSimpleName();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
