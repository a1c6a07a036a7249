package io.sluice.mqtt.port;

import io.sluice.mqtt.message.ReasonCode;

/**
 * Why a message is refused. The id is API: a metric's label, a log key, an anchor in the docs. An MQTT 5 client gets the
 * reason code, one of those that PUBACK and PUBREC may have (MQTT 5, 3.4.2.1); an MQTT 3 client, which has none, is not acknowledged and is disconnected.
 */
public enum Refusal {
    NOT_AUTHORIZED("not_authorized", ReasonCode.NOT_AUTHORIZED),
    NO_RULE("no_rule", ReasonCode.TOPIC_NAME_INVALID),
    TOPIC_NAME("topic_name", ReasonCode.TOPIC_NAME_INVALID),
    TOPIC_LIMIT("topic_limit", ReasonCode.QUOTA_EXCEEDED),
    /** For its Kafka topic. Packet too large (0x95) is no code of a PUBACK. */
    TOO_LARGE("too_large", ReasonCode.QUOTA_EXCEEDED),
    /** The payload is not of the rule's format at all: no JSON, no Avro. */
    PAYLOAD_FORMAT("payload_format", ReasonCode.PAYLOAD_FORMAT_INVALID),
    /** The payload is of the format, and not as the schema wants it; or there is no such schema. */
    SCHEMA("schema", ReasonCode.PAYLOAD_FORMAT_INVALID),
    QUOTA("quota", ReasonCode.QUOTA_EXCEEDED),
    KAFKA("kafka", ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);

    private final String id;
    private final ReasonCode reasonCode;

    Refusal(String id, ReasonCode reasonCode) {
        this.id = id;
        this.reasonCode = reasonCode;
    }

    public String id() {
        return id;
    }

    public ReasonCode reasonCode() {
        return reasonCode;
    }
}
