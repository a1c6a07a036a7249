package io.sluice.app.management;

import io.micrometer.core.instrument.AbstractDistributionSummary;
import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.NoopHistogram;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Meters that Prometheus scrapes. What has buckets of its own is a histogram of Prometheus' client, which keeps classic
 * buckets and native ones together; Micrometer's knows only the classic ones. Safe for all threads.
 */
public final class HistogramRegistry extends PrometheusMeterRegistry {

    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Eight buckets to a factor of two, for ever: with a limit Prometheus' client makes them wider on the thread that
     * observes, which is an event loop, and waits there for the others that observe. Of what is measured in whole
     * nanoseconds or bytes there are 63 such factors at most.
     */
    private static final int NATIVE_SCHEMA = 3;

    private static final int NATIVE_BUCKETS_UNLIMITED = 0;

    private final Map<String, Histogram> histograms = new ConcurrentHashMap<>();

    public HistogramRegistry() {
        super(PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM);
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
        double[] bounds = config.getServiceLevelObjectiveBoundaries();
        return bounds == null
                ? super.newTimer(id, config, pauseDetector)
                : new HistogramTimer(id, clock, pauseDetector, new Series(id, bounds, NANOS_PER_SECOND));
    }

    @Override
    public DistributionSummary newDistributionSummary(Meter.Id id, DistributionStatisticConfig config, double scale) {
        double[] bounds = config.getServiceLevelObjectiveBoundaries();
        return bounds == null
                ? super.newDistributionSummary(id, config, scale)
                : new HistogramSummary(id, scale, new Series(id, bounds, 1));
    }

    /** One series of a histogram. */
    private final class Series {
        private final Histogram histogram;
        private final Labels labels;
        private final DistributionDataPoint point;

        /** @param unit what an amount is divided by to be in the base unit */
        Series(Meter.Id id, double[] bounds, double unit) {
            NamingConvention convention = config().namingConvention();
            List<Tag> tags = id.getTags();
            String name = convention.name(
                    id.getName(), id.getType(), id.getType() == Meter.Type.TIMER ? "seconds" : id.getBaseUnit());
            String[] names =
                    tags.stream().map(tag -> convention.tagKey(tag.getKey())).toArray(String[]::new);
            String[] values = tags.stream()
                    .map(tag -> convention.tagValue(tag.getValue()))
                    .toArray(String[]::new);
            histogram = histograms.computeIfAbsent(name, added -> {
                double[] upper = new double[bounds.length];
                for (int i = 0; i < bounds.length; i++) {
                    upper[i] = bounds[i] / unit;
                }
                String description = id.getDescription();
                return Histogram.builder()
                        .name(added)
                        .help(description == null ? "" : description)
                        .labelNames(names)
                        .classicUpperBounds(upper)
                        .nativeInitialSchema(NATIVE_SCHEMA)
                        .nativeMaxNumberOfBuckets(NATIVE_BUCKETS_UNLIMITED)
                        .withoutExemplars()
                        .register(getPrometheusRegistry());
            });
            labels = Labels.of(names, values);
            point = names.length == 0 ? histogram : histogram.labelValues(values);
        }

        void observe(double amount) {
            point.observe(amount);
        }

        /** What a scrape would show. */
        double read(ToDoubleFunction<HistogramDataPointSnapshot> what) {
            for (HistogramDataPointSnapshot snapshot : histogram.collect().getDataPoints()) {
                if (snapshot.getLabels().equals(labels)) {
                    return what.applyAsDouble(snapshot);
                }
            }
            return 0;
        }
    }

    private static final class HistogramTimer extends AbstractTimer {
        private final Series series;

        HistogramTimer(Meter.Id id, Clock clock, PauseDetector pauseDetector, Series series) {
            super(id, clock, pauseDetector, TimeUnit.SECONDS, NoopHistogram.INSTANCE);
            this.series = series;
        }

        @Override
        protected void recordNonNegative(long amount, TimeUnit unit) {
            series.observe(unit.toNanos(amount) / NANOS_PER_SECOND);
        }

        @Override
        public long count() {
            return (long) series.read(HistogramDataPointSnapshot::getCount);
        }

        @Override
        public double totalTime(TimeUnit unit) {
            return series.read(HistogramDataPointSnapshot::getSum) * NANOS_PER_SECOND / unit.toNanos(1);
        }

        /** Not kept: the buckets say it. */
        @Override
        public double max(TimeUnit unit) {
            return 0;
        }
    }

    private static final class HistogramSummary extends AbstractDistributionSummary {
        private final Series series;

        HistogramSummary(Meter.Id id, double scale, Series series) {
            super(id, scale, NoopHistogram.INSTANCE);
            this.series = series;
        }

        @Override
        protected void recordNonNegative(double amount) {
            series.observe(amount);
        }

        @Override
        public long count() {
            return (long) series.read(HistogramDataPointSnapshot::getCount);
        }

        @Override
        public double totalAmount() {
            return series.read(HistogramDataPointSnapshot::getSum);
        }

        /** Not kept: the buckets say it. */
        @Override
        public double max() {
            return 0;
        }
    }
}
