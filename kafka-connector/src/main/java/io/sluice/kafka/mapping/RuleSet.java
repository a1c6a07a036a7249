package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** All rules, compiled. Immutable, safe for all threads. */
public final class RuleSet {

    private RuleSet() {}

    /** Everything that is wrong with these rules, errors and warnings, in their order. */
    public static List<RuleProblem> check(List<IngressRule> ingress, List<EgressRule> egress) {
        throw new UnsupportedOperationException("mapping " + ingress + egress);
    }

    /**
     * Compiles the rules.
     *
     * @throws IllegalArgumentException when {@link #check} finds an error
     */
    public static RuleSet of(List<IngressRule> ingress, List<EgressRule> egress) {
        throw new UnsupportedOperationException("mapping " + ingress + egress);
    }

    /** Where a message goes: the first ingress rule whose filter matches decides. */
    public IngressMapping map(TopicName topicName, @Nullable ClientId clientId) {
        throw new UnsupportedOperationException("mapping " + topicName + clientId);
    }

    /** Whether any rule exposes this Kafka topic to subscribers. */
    public boolean isReadable(String kafkaTopic) {
        throw new UnsupportedOperationException("mapping " + kafkaTopic);
    }

    /** Which Kafka topics can hold messages that the filter matches: only those are read for it. */
    public Predicate<String> topicsFor(TopicFilter filter) {
        throw new UnsupportedOperationException("mapping " + filter);
    }

    /** What a record is to subscribers. Never throws, whatever the record holds. */
    public RecordMapping toMessage(String kafkaTopic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        throw new UnsupportedOperationException("mapping " + kafkaTopic);
    }
}
