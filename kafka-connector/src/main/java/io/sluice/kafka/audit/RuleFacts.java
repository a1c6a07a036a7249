package io.sluice.kafka.audit;

import java.util.List;

/**
 * A rule and the topics behind it. Immutable.
 *
 * @param name the rule's name
 * @param kind which way it leads
 * @param takesQos2 whether publishers are granted QoS 2
 * @param topics the topics that are there, and what it will create
 */
public record RuleFacts(String name, Kind kind, boolean takesQos2, List<TopicFacts> topics) {

    /** Which way a rule leads. */
    public enum Kind {
        INGRESS,
        EGRESS
    }

    public RuleFacts {
        topics = List.copyOf(topics);
    }
}
