package io.sluice.kafka.audit;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What Kafka says of a topic, or would make of one that is not there yet. Immutable.
 *
 * @param name its name; of topics that a rule will create, the rule's template
 * @param state whether it is there
 * @param replicationFactor copies of each partition, 0 when nobody knows
 * @param config Kafka's topic configuration with its defaults; empty when it may not be read
 * @param missingRights what Sluice may not do with it, as far as Kafka says so
 */
public record TopicFacts(
        String name, State state, int replicationFactor, Map<String, String> config, Set<String> missingRights) {

    /** Whether a topic is there. */
    public enum State {
        THERE,
        /** It will be created on first use. */
        TO_BE_CREATED,
        /** It is not there, and nothing creates it. */
        MISSING
    }

    public TopicFacts {
        config = Map.copyOf(config);
        missingRights = Set.copyOf(missingRights);
    }

    boolean isConfigKnown() {
        return !config.isEmpty();
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(config.get(key));
    }

    OptionalLong number(String key) {
        String value = config.get(key);
        return value != null && value.matches("-?\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(value))
                : OptionalLong.empty();
    }

    boolean isTrue(String key) {
        return "true".equals(config.get(key));
    }

    /** Whether the policy is among the topic's cleanup policies. */
    boolean isCleanedBy(String policy) {
        return text("cleanup.policy").stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(one -> one.strip().equals(policy));
    }
}
