package io.sluice.app.runtime;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.sluice.app.BuildInfo;
import io.sluice.mqtt.delivery.ServerTopics;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says below {@code $SYS/broker} what operators of mosquitto look for there, from the metrics. Confined to its loop, but for
 * {@link #close}.
 */
final class SysTopics implements AutoCloseable {

    private static final String PREFIX = "$SYS/broker/";
    private static final int[] MINUTES = {1, 5, 15};

    /** What is averaged: the end of its topic, and the meter. */
    private static final Map<String, String> LOADS = Map.of(
            "publish/received", "sluice.messages.received",
            "publish/sent", "sluice.deliveries",
            "bytes/received", "sluice.network.received",
            "bytes/sent", "sluice.network.sent",
            "connections", "sluice.connections.opened");

    private final ServerTopics topics;
    private final MeterRegistry registry;
    private final Loop loop;
    private final Duration interval;
    private final long startNanos;
    private final Map<String, LoadAverage[]> loads = new HashMap<>();
    private final Map<String, Double> counted = new HashMap<>();
    private long lastNanos;
    private long connectedMax;
    private Loop.@Nullable Timer timer;
    private final String version;
    private volatile boolean closed;

    SysTopics(ServerTopics topics, MeterRegistry registry, Loop loop, Duration interval) {
        this.topics = topics;
        this.registry = registry;
        this.loop = loop;
        this.interval = interval;
        // From a file: not on the loop.
        this.version = "sluice version " + BuildInfo.current().version();
        this.startNanos = loop.nanoTime();
        this.lastNanos = startNanos;
        LOADS.keySet().forEach(load -> {
            LoadAverage[] averages = new LoadAverage[MINUTES.length];
            for (int i = 0; i < averages.length; i++) {
                averages[i] = new LoadAverage(MINUTES[i]);
            }
            loads.put(load, averages);
        });
    }

    /** Begins to tell, now and then again and again. Any thread. */
    void start() {
        loop.execute(this::tell);
    }

    private void tell() {
        if (closed) {
            return;
        }
        Map<TopicName, String> values = new LinkedHashMap<>();
        values().forEach((topic, value) -> values.put(TopicName.of(PREFIX + topic), value));
        topics.say(values);
        timer = loop.schedule(interval, this::tell);
    }

    private Map<String, String> values() {
        long now = loop.nanoTime();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("version", version);
        values.put("uptime", Duration.ofNanos(now - startNanos).toSeconds() + " seconds");
        long connected = sum("sluice.connections");
        connectedMax = Math.max(connectedMax, connected);
        long all = Math.max(connected, sum("sluice.state.sessions"));
        values.put("clients/connected", text(connected));
        values.put("clients/disconnected", text(all - connected));
        values.put("clients/total", text(all));
        values.put("clients/maximum", text(connectedMax));
        values.put("messages/received", text(sum("sluice.messages.received")));
        values.put("messages/sent", text(sum("sluice.deliveries")));
        values.put("publish/messages/received", text(sum("sluice.messages.received")));
        values.put("publish/messages/sent", text(sum("sluice.deliveries")));
        values.put("publish/messages/dropped", text(sum("sluice.deliveries.discarded")));
        values.put("bytes/received", text(sum("sluice.network.received")));
        values.put("bytes/sent", text(sum("sluice.network.sent")));
        values.put("subscriptions/count", text(sum("sluice.subscriptions")));
        values.put("shared_subscriptions/count", text(sum("sluice.shared.groups")));
        values.put("retained messages/count", text(sum("sluice.retained.messages")));
        loads(values, (now - lastNanos) / 1e9);
        lastNanos = now;
        return values;
    }

    private void loads(Map<String, String> values, double elapsedSeconds) {
        LOADS.forEach((load, meter) -> {
            double count = sum(meter);
            Double before = counted.put(load, count);
            LoadAverage[] averages = loads.getOrDefault(load, new LoadAverage[0]);
            for (int i = 0; i < averages.length; i++) {
                averages[i].add(before == null ? 0 : count - before, elapsedSeconds);
                values.put(
                        "load/" + load + "/" + MINUTES[i] + "min",
                        String.format(Locale.ROOT, "%.2f", averages[i].value()));
            }
        });
    }

    private long sum(String name) {
        double sum = 0;
        for (Meter meter : registry.find(name).meters()) {
            for (Measurement measurement : meter.measure()) {
                Statistic statistic = measurement.getStatistic();
                if (statistic == Statistic.COUNT || statistic == Statistic.VALUE) {
                    sum += measurement.getValue();
                }
            }
        }
        return Math.round(sum);
    }

    private static String text(long value) {
        return Long.toString(value);
    }

    @Override
    public void close() {
        closed = true;
        loop.execute(() -> {
            if (timer != null) {
                timer.cancel();
            }
        });
    }
}
