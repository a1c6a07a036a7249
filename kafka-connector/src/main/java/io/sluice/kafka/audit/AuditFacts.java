package io.sluice.kafka.audit;

import java.util.List;

/**
 * Everything that a verdict rests on. Immutable.
 *
 * @param rules the rules with their topics
 * @param stateTopics the topics of Sluice's own state
 * @param transactionVersion Kafka's finalized feature {@code transaction.version}, or -1 when it may not be read
 */
public record AuditFacts(List<RuleFacts> rules, List<TopicFacts> stateTopics, int transactionVersion) {

    public AuditFacts {
        rules = List.copyOf(rules);
        stateTopics = List.copyOf(stateTopics);
    }
}
