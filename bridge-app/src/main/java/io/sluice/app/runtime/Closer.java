package io.sluice.app.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what was started, in reverse, whatever fails on the way. Confined to the thread that starts and stops. */
final class Closer implements AutoCloseable {

    private record Step(String name, AutoCloseable resource) {}

    private static final Logger log = LoggerFactory.getLogger(Closer.class);

    private final Deque<Step> steps = new ArrayDeque<>();

    /** Closes this before all that were added earlier. */
    void add(String name, AutoCloseable resource) {
        steps.push(new Step(name, resource));
    }

    @Override
    public void close() {
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            try {
                step.resource().close();
            } catch (Exception failure) {
                log.atWarn().addKeyValue("part", step.name()).setCause(failure).log("Stopping a part failed");
            }
        }
    }
}
