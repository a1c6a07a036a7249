package io.sluice.kafka.format;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.sluice.schemas.sparkplug.KnownMetrics;
import io.sluice.schemas.sparkplug.SparkplugMessage;
import io.sluice.schemas.sparkplug.SparkplugTopic;
import io.sluice.schemas.sparkplug.SparkplugTopic.Source;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the births of Sparkplug's edge nodes and devices have said of their metrics. Safe for all threads; nothing here
 * waits. Bounded: of too many births those of least use are forgotten.
 *
 * <p>A birth of an edge node ends all that was known of its devices, as its death does; they are born again after it.
 */
public final class SparkplugBirths {

    private static final long ENTRY_BYTES = 200;
    private static final long NEVER_BORN = 0;

    /**
     * A birth.
     *
     * @param incarnation of an edge node: its own; of a device: that of its edge node when it was born
     * @param bdSeq of an edge node, as it said
     */
    private record Birth(long incarnation, OptionalLong bdSeq, KnownMetrics metrics) {}

    private final AtomicLong incarnations = new AtomicLong(NEVER_BORN);
    private final Cache<Source, Birth> births;
    private final long bytesMax;
    private final Counter unresolved;

    /** @param bytesMax about how much memory they may take */
    public SparkplugBirths(long bytesMax, MeterRegistry registry) {
        this.bytesMax = bytesMax;
        unresolved = Counter.builder("sluice.sparkplug.metrics.unresolved")
                .description("Metrics in Sparkplug messages of which no birth has said the name or the data type")
                .register(registry);
        Counter evicted = Counter.builder("sluice.sparkplug.births.evicted")
                .description("Births of Sparkplug's edge nodes and devices that were forgotten to make room")
                .register(registry);
        births = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(bytesMax)
                .weigher(SparkplugBirths::bytes)
                .evictionListener(
                        (@Nullable Source source, @Nullable Birth birth, RemovalCause cause) -> evicted.increment())
                .build();
        Gauge.builder("sluice.sparkplug.births.bytes", this, SparkplugBirths::usedBytes)
                .description("About the memory of what births of Sparkplug have said of metrics")
                .register(registry);
        Gauge.builder("sluice.sparkplug.births.limit.bytes", this, all -> all.bytesMax)
                .description("About the most memory that births of Sparkplug may take")
                .register(registry);
    }

    private static int bytes(Source source, Birth birth) {
        String device = source.device();
        long bytes = ENTRY_BYTES
                + 2L * (source.group().length() + source.node().length() + (device == null ? 0 : device.length()))
                + birth.metrics().bytes();
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private long usedBytes() {
        return births.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** What is known of the metrics of a message: of a birth what it says itself. Also remembers births, and ends them. */
    KnownMetrics on(SparkplugMessage message) {
        Source source = message.topic().source();
        if (source == null) {
            return KnownMetrics.NONE;
        }
        return switch (message.topic().type()) {
            case NBIRTH -> born(source, incarnations.incrementAndGet(), message);
            case DBIRTH -> born(source, incarnationOf(source.edgeNode()), message);
            case NDEATH -> {
                KnownMetrics known = known(source);
                onNodeDeath(source, message.bdSeq());
                yield known;
            }
            case DDEATH -> {
                KnownMetrics known = known(source);
                births.invalidate(source);
                yield known;
            }
            case NDATA, DDATA, NCMD, DCMD, STATE -> known(source);
        };
    }

    private KnownMetrics born(Source source, long incarnation, SparkplugMessage message) {
        KnownMetrics metrics = message.metrics();
        births.put(source, new Birth(incarnation, message.bdSeq(), metrics));
        return metrics;
    }

    /** The will of a connection may come after the birth on the next one: then it is not this birth that has ended. */
    private void onNodeDeath(Source node, OptionalLong bdSeq) {
        births.asMap()
                .computeIfPresent(
                        node,
                        (key, birth) -> bdSeq.isPresent() && birth.bdSeq().isPresent() && !bdSeq.equals(birth.bdSeq())
                                ? birth
                                : null);
    }

    /** What is known of the metrics of a message that is neither birth nor death. */
    KnownMetrics known(SparkplugTopic topic) {
        Source source = topic.source();
        return source == null ? KnownMetrics.NONE : known(source);
    }

    private KnownMetrics known(Source source) {
        Birth birth = births.getIfPresent(source);
        if (birth == null || (source.device() != null && birth.incarnation() != incarnationOf(source.edgeNode()))) {
            return KnownMetrics.NONE;
        }
        return birth.metrics();
    }

    private long incarnationOf(Source node) {
        Birth birth = births.getIfPresent(node);
        return birth == null ? NEVER_BORN : birth.incarnation();
    }

    /** A birth came that cannot be read: what is known is not so any more. */
    void onUnreadable(SparkplugTopic topic) {
        Source source = topic.source();
        if (source != null
                && (topic.type() == SparkplugTopic.Type.NBIRTH || topic.type() == SparkplugTopic.Type.DBIRTH)) {
            births.invalidate(source);
        }
    }

    /** Metrics were written without name or data type. */
    void onUnresolved(int count) {
        unresolved.increment(count);
    }

    /** Of formats that are only looked at: few, and without meters. */
    static SparkplugBirths unmetered() {
        return new SparkplugBirths(1 << 20, new CompositeMeterRegistry());
    }
}
