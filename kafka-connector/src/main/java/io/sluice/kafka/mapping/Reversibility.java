package io.sluice.kafka.mapping;

import java.util.List;

/**
 * Whether subscribers get plain records, without {@code mqtt.topic}, that other programs write to the Kafka topics of
 * an ingress rule.
 *
 * @param ruleName the rule
 * @param subscribe whether subscribers may read its Kafka topics at all
 * @param missing the captures that neither Kafka topic nor key say, e.g. {device}; none for a reversible rule
 */
public record Reversibility(String ruleName, boolean subscribe, List<String> missing) {

    public Reversibility {
        missing = List.copyOf(missing);
    }

    public boolean isReversible() {
        return subscribe && missing.isEmpty();
    }
}
