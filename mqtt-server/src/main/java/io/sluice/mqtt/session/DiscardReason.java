package io.sluice.mqtt.session;

/** Why a message is not delivered to a subscriber although it matches: a metric's label. */
public enum DiscardReason {
    QOS0_NOT_READING("qos0_not_reading"),
    EXPIRED("expired"),
    LARGER_THAN_CLIENT_ALLOWS("larger_than_client_allows");

    private final String id;

    DiscardReason(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }
}
