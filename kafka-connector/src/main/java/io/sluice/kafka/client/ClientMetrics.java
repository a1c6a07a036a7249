package io.sluice.kafka.client;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Shows some of the meters of Kafka's clients: a producer and a consumer have 160 of them, of which these tell what is
 * wrong. Only those of a whole client, not those by topic, partition or node: their number is not ours to bound.
 *
 * <p>Made by Kafka's client from the setting {@code metric.reporters}; which registry is another setting. Safe for all
 * threads.
 */
public final class ClientMetrics implements MetricsReporter {

    /** The setting that holds the {@link MeterRegistry}. */
    static final String REGISTRY = "sluice.meter.registry";

    private static final String CLIENT_TAG = "client-id";
    private static final String TOTAL = "-total";
    /** Prometheus keeps this end of a name for histograms: {@code connection-count} becomes connections. */
    private static final String COUNT = "-count";

    private static final Map<String, Set<String>> SHOWN = Map.of(
            "producer-metrics",
            Set.of(
                    "record-send-total",
                    "record-error-total",
                    "record-retry-total",
                    "request-latency-avg",
                    "request-latency-max",
                    "buffer-available-bytes",
                    "waiting-threads",
                    "batch-size-avg",
                    "record-queue-time-max",
                    "requests-in-flight",
                    "connection-count",
                    "failed-authentication-total",
                    "io-wait-ratio"),
            "consumer-fetch-manager-metrics",
            Set.of("records-consumed-total", "records-lag-max", "fetch-latency-max", "bytes-consumed-total"),
            "consumer-metrics",
            Set.of("connection-count", "failed-authentication-total", "io-wait-ratio"));

    private final Map<MetricName, Meter> meters = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private MeterRegistry registry = Nowhere.REGISTRY;

    /** Until {@link #configure}, which comes first. */
    private static final class Nowhere {
        static final MeterRegistry REGISTRY = new io.micrometer.core.instrument.composite.CompositeMeterRegistry();
    }

    @Override
    public void configure(Map<String, ?> configs) {
        if (!(configs.get(REGISTRY) instanceof MeterRegistry configured)) {
            throw new IllegalArgumentException(
                    REGISTRY + ": " + configs.get(REGISTRY) + " (expected: the registry, set by Sluice itself)");
        }
        registry = configured;
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        String client = name.tags().get(CLIENT_TAG);
        boolean isShown = SHOWN.getOrDefault(name.group(), Set.of()).contains(name.name());
        if (isShown && client != null && name.tags().size() == 1 && !closed) {
            meters.computeIfAbsent(name, added -> register(metric, client));
        }
    }

    private Meter register(KafkaMetric metric, String client) {
        MetricName name = metric.metricName();
        boolean isProducer = name.group().startsWith("producer");
        String meter = (isProducer ? "kafka.producer." : "kafka.consumer.")
                + name.name().replace(TOTAL, "").replace(COUNT, "s").replace('-', '.');
        Tags tags = Tags.of("client", client);
        return name.name().endsWith(TOTAL)
                ? FunctionCounter.builder(meter, metric, ClientMetrics::value)
                        .description(name.description())
                        .tags(tags)
                        .register(registry)
                : Gauge.builder(meter, metric, ClientMetrics::value)
                        .description(name.description())
                        .tags(tags)
                        .strongReference(true)
                        .register(registry);
    }

    private static double value(KafkaMetric metric) {
        return metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        Meter removed = meters.remove(metric.metricName());
        if (removed != null) {
            registry.remove(removed);
        }
    }

    @Override
    public void close() {
        closed = true;
        meters.values().forEach(registry::remove);
        meters.clear();
    }
}
