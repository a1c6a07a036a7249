package io.sluice.mqtt.session;

/** To which member of a group a message goes (MQTT 5, section 4.8.2, leaves that to the server). */
public enum ShareStrategy {
    /**
     * All messages of a publisher to the same member, as long as that takes them, so that their order is kept; of a record
     * without a publisher, by its topic name.
     */
    PUBLISHER,
    /** All messages of a topic name to the same member, as long as that takes them. */
    TOPIC,
    /** To each in turn: in no order. */
    ROUND_ROBIN
}
