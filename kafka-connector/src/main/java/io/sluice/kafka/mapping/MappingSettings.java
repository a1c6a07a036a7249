package io.sluice.kafka.mapping;

import java.util.List;

/**
 * What the mapping takes from its surroundings.
 *
 * @param cacheBytesMax about how much memory remembered mappings may take
 * @param reservedPrefixes beginnings of Kafka topic names that no rule may write to or read, beside Kafka's own
 *     {@code __}: the state topics' prefix
 */
public record MappingSettings(long cacheBytesMax, List<String> reservedPrefixes) {

    /** Some 50,000 topics of usual length. */
    public static final long CACHE_BYTES_MAX_DEFAULT = 16L << 20;

    public static final MappingSettings DEFAULTS = new MappingSettings(CACHE_BYTES_MAX_DEFAULT, List.of("_sluice"));

    private static final String KAFKA_INTERNAL = "__";
    /** Where schema registries keep all that they know: who writes there rules over every reader's schemas. */
    private static final String SCHEMA_REGISTRY = "_schemas";

    public MappingSettings {
        reservedPrefixes = List.copyOf(reservedPrefixes);
    }

    boolean isReserved(String kafkaTopic) {
        if (kafkaTopic.startsWith(KAFKA_INTERNAL) || kafkaTopic.equals(SCHEMA_REGISTRY)) {
            return true;
        }
        for (String prefix : reservedPrefixes) {
            if (kafkaTopic.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
