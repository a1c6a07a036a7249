package io.sluice.app.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The three meanings of health. Live: the event loops answer. Ready: listeners are bound, state is restored, and the
 * process does not drain. A Kafka outage is neither: the gate holds the devices, and an unready instance would drop them
 * all at once. Any thread.
 */
public final class Health {

    /** What Kubernetes and people are told about one part. */
    public enum Status {
        UP,
        STARTING,
        /** It works with less: it does not change readiness. */
        DEGRADED,
        DOWN
    }

    /**
     * A part of the process.
     *
     * @param status now
     * @param detail a sentence for people; without secrets and without anything a device chose
     */
    public record Component(Status status, String detail) {}

    private final LoopWatch loops;
    private final AtomicBoolean listenersBound = new AtomicBoolean();
    private final AtomicBoolean stateRestored = new AtomicBoolean();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Map<String, Component> others = new ConcurrentHashMap<>();

    public Health(LoopWatch loops) {
        this.loops = loops;
    }

    /** All listeners accept. */
    public void onListenersBound() {
        listenersBound.set(true);
    }

    /** Sessions and retained messages are read back from Kafka. */
    public void onStateRestored() {
        stateRestored.set(true);
    }

    /** The process stops; there is no way back. */
    public void onDraining() {
        draining.set(true);
    }

    /** Says how another part is, Kafka for one. It is shown in /health and changes neither liveness nor readiness. */
    public void report(String component, Status status, String detail) {
        others.put(component, new Component(status, detail));
    }

    public boolean isLive() {
        return loops.late().isEmpty();
    }

    public boolean isReady() {
        return reasons().isEmpty();
    }

    /** Why the process is not ready; none when it is. */
    List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (!listenersBound.get()) {
            reasons.add("listeners are not bound yet");
        }
        if (!stateRestored.get()) {
            reasons.add("state is not restored yet");
        }
        if (draining.get()) {
            reasons.add("draining");
        }
        return reasons;
    }

    /** Every part by name. */
    Map<String, Component> components() {
        Map<String, Component> components = new TreeMap<>(others);
        List<Integer> late = loops.late();
        components.put(
                "event-loops",
                late.isEmpty()
                        ? new Component(Status.UP, loops.size() + " answer")
                        : new Component(
                                Status.DOWN, "no answer for " + loops.limit().toSeconds() + " s from " + late));
        components.put("listeners", since(listenersBound, "bound", "not bound yet"));
        components.put("state", since(stateRestored, "restored", "being restored"));
        if (draining.get()) {
            components.put("process", new Component(Status.DOWN, "draining"));
        }
        return components;
    }

    private static Component since(AtomicBoolean reached, String then, String before) {
        return reached.get() ? new Component(Status.UP, then) : new Component(Status.STARTING, before);
    }
}
