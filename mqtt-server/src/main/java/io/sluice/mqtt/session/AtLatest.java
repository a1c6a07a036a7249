package io.sluice.mqtt.session;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A task that runs once: when something has happened, and at the latest after some time. Confined to its loop. */
final class AtLatest {

    private final Runnable task;
    private Loop.@Nullable Timer timeout;
    private boolean done;

    private AtLatest(Runnable task) {
        this.task = task;
    }

    /**
     * @param when runs what it is given as soon as it has happened, on the loop: within the call when it has already
     * @param latest from now
     */
    static void run(Runnable task, Consumer<Runnable> when, Duration latest, Loop loop) {
        AtLatest waiting = new AtLatest(task);
        when.accept(waiting::run);
        if (!waiting.done) {
            waiting.timeout = loop.schedule(latest, waiting::run);
        }
    }

    private void run() {
        if (done) {
            return;
        }
        done = true;
        if (timeout != null) {
            timeout.cancel();
        }
        task.run();
    }
}
