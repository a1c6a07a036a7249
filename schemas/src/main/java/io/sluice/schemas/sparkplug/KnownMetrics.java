package io.sluice.schemas.sparkplug;

import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a birth says of its metrics: the names behind aliases, and data types, which later messages leave out. Immutable;
 * safe for all threads.
 */
public final class KnownMetrics {

    /** Of a source without a birth. */
    public static final KnownMetrics NONE = new KnownMetrics(Map.of(), Map.of(), 0);

    /** Objects and table entries of a metric beside its name. */
    private static final long METRIC_BYTES = 200;

    private static final long OVERHEAD_BYTES = 200;

    /**
     * A metric.
     *
     * @param type or null when the birth has none
     * @param members of a template, NONE for all else
     */
    record KnownMetric(String name, @Nullable DataType type, KnownMetrics members) {}

    private final Map<String, KnownMetric> byName;
    private final Map<Long, KnownMetric> byAlias;
    private final long bytes;

    private KnownMetrics(Map<String, KnownMetric> byName, Map<Long, KnownMetric> byAlias, long bytes) {
        this.byName = byName;
        this.byAlias = byAlias;
        this.bytes = bytes;
    }

    static KnownMetrics of(List<Metric> metrics) {
        Map<String, KnownMetric> byName = new HashMap<>();
        Map<Long, KnownMetric> byAlias = new HashMap<>();
        long bytes = OVERHEAD_BYTES;
        for (Metric metric : metrics) {
            if (metric.hasName()) {
                KnownMetrics members =
                        metric.hasTemplateValue() ? of(metric.getTemplateValue().getMetricsList()) : NONE;
                DataType type = DataType.of(metric.getDatatype());
                KnownMetric known = new KnownMetric(metric.getName(), type == DataType.UNKNOWN ? null : type, members);
                byName.put(known.name(), known);
                if (metric.hasAlias()) {
                    byAlias.put(metric.getAlias(), known);
                }
                bytes += METRIC_BYTES + 2L * known.name().length() + members.bytes;
            }
        }
        return new KnownMetrics(byName, byAlias, bytes);
    }

    /** What is known of a metric, by its name, or by its alias when it has none; or null. */
    @Nullable
    KnownMetric find(Metric metric) {
        return metric.hasName()
                ? byName.get(metric.getName())
                : metric.hasAlias() ? byAlias.get(metric.getAlias()) : null;
    }

    /** About how much memory it takes. */
    public long bytes() {
        return bytes;
    }
}
