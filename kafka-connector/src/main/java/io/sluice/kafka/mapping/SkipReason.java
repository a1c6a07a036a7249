package io.sluice.kafka.mapping;

/** Why a record in Kafka is no message. The id is API: the {@code reason} of {@code sluice_deliveries_discarded_total}. */
public enum SkipReason {
    /** Its {@code mqtt.topic}, or what the rule makes of its key, is no topic name. */
    TOPIC_INVALID("egress_topic_invalid"),
    /** It names a topic that no rule puts into this Kafka topic, or shows of it. */
    TOPIC_NOT_OF_RULE("egress_topic_not_of_rule"),
    /** No rule shows the Kafka topic. */
    NO_RULE("egress_no_rule"),
    /** It has no value: a tombstone. */
    NO_VALUE("egress_no_value"),
    /** Its value is not of the format that the rule says. */
    PAYLOAD_FORMAT("payload_format"),
    /** Kafka's client cannot read it. */
    CORRUPT("egress_corrupt");

    private final String id;

    SkipReason(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }
}
