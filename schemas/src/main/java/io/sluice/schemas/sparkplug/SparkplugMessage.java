package io.sluice.schemas.sparkplug;

import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A message of Sparkplug B, read and not converted yet. Immutable. */
public final class SparkplugMessage {

    /** The metric that ties an edge node's death to its birth. */
    private static final String BIRTH_DEATH_SEQUENCE = "bdSeq";

    /**
     * What a host application says of itself.
     *
     * @param timestamp in ms since 1970, or null
     */
    record HostState(boolean online, @Nullable Long timestamp) {}

    private final SparkplugTopic topic;
    private final byte[] bytes;
    private final Payload payload;
    private final @Nullable HostState state;

    SparkplugMessage(SparkplugTopic topic, byte[] bytes, Payload payload, @Nullable HostState state) {
        this.topic = topic;
        this.bytes = bytes;
        this.payload = payload;
        this.state = state;
    }

    /** Where it was published. */
    public SparkplugTopic topic() {
        return topic;
    }

    /** What its metrics say of those to come; to be asked of births. */
    public KnownMetrics metrics() {
        return KnownMetrics.of(payload.getMetricsList());
    }

    /** Which birth of the edge node it is, or which one has ended; empty when it does not say. */
    public OptionalLong bdSeq() {
        for (Metric metric : payload.getMetricsList()) {
            if (metric.getName().equals(BIRTH_DEATH_SEQUENCE)) {
                WireValue value = WireValue.of(metric);
                return value.isWhole() ? OptionalLong.of(value.whole()) : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    /** The payload as it came. Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    Payload payload() {
        return payload;
    }

    @Nullable
    HostState state() {
        return state;
    }
}
