package io.sluice.app.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HistogramRegistryTest {

    private final HistogramRegistry registry = new HistogramRegistry();

    private Timer timer(String qos) {
        return Timer.builder("sluice.ingress.duration")
                .description("How long")
                .tag("qos", qos)
                .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(100))
                .register(registry);
    }

    @Test
    void aTimerWithBucketsHasClassicOnesAndNativeOnes() {
        timer("1").record(Duration.ofMillis(20));
        timer("2").record(Duration.ofMillis(2));
        timer("1").record(Duration.ofSeconds(3));

        HistogramSnapshot snapshot = registry.getPrometheusRegistry().scrape().stream()
                .filter(HistogramSnapshot.class::isInstance)
                .map(HistogramSnapshot.class::cast)
                .findFirst()
                .orElseThrow();
        HistogramDataPointSnapshot one = snapshot.getDataPoints().stream()
                .filter(point -> "1".equals(point.getLabels().get("qos")))
                .findFirst()
                .orElseThrow();
        assertThat(snapshot.getMetadata().getPrometheusName()).isEqualTo("sluice_ingress_duration_seconds");
        assertThat(one.hasClassicHistogramData()).isTrue();
        assertThat(one.hasNativeHistogramData()).isTrue();
        assertThat(one.getCount()).isEqualTo(2);
        assertThat(one.getSum()).isEqualTo(3.02);
        assertThat(registry.scrape())
                .contains("sluice_ingress_duration_seconds_bucket{qos=\"1\",le=\"0.001\"} 0")
                .contains("sluice_ingress_duration_seconds_bucket{qos=\"1\",le=\"0.1\"} 1")
                .contains("sluice_ingress_duration_seconds_bucket{qos=\"1\",le=\"+Inf\"} 2")
                .contains("sluice_ingress_duration_seconds_count{qos=\"2\"} 1");
    }

    /** Nobody who observes is held up by making buckets wider. */
    @Test
    void nativeBucketsKeepTheirWidthWhateverIsMeasured() {
        for (long nanos = 1; nanos > 0; nanos += nanos / 16 + 1) {
            timer("1").record(nanos, TimeUnit.NANOSECONDS);
        }

        HistogramDataPointSnapshot point = registry.getPrometheusRegistry().scrape().stream()
                .filter(HistogramSnapshot.class::isInstance)
                .flatMap(snapshot -> ((HistogramSnapshot) snapshot).getDataPoints().stream())
                .findFirst()
                .orElseThrow();
        assertThat(point.getNativeSchema()).isEqualTo(3);
        assertThat(point.getNativeBucketsForPositiveValues().size()).isBetween(300, 8 * 63 + 1);
    }

    @Test
    void aMeterReadsWhatItHasCounted() {
        timer("1").record(Duration.ofMillis(20));
        timer("1").record(Duration.ofMillis(40));
        DistributionSummary size = DistributionSummary.builder("sluice.message.payload")
                .baseUnit("bytes")
                .serviceLevelObjectives(64, 256)
                .register(registry);
        size.record(100);

        assertThat(timer("1").count()).isEqualTo(2);
        assertThat(timer("1").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(60);
        assertThat(timer("0").count()).isZero();
        assertThat(size.count()).isEqualTo(1);
        assertThat(size.totalAmount()).isEqualTo(100);
        assertThat(registry.scrape()).contains("sluice_message_payload_bytes_bucket{le=\"256.0\"} 1");
    }

    @Test
    void oneWithoutBucketsIsMicrometers() {
        registry.timer("sluice.other").record(Duration.ofMillis(20));

        assertThat(registry.scrape()).contains("sluice_other_seconds_count 1").doesNotContain("_bucket");
    }
}
