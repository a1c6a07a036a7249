package io.sluice.mqtt.connection;

/** Why a connection ended: the label of {@code sluice_connections_closed_total}. */
public enum DisconnectCause {
    CLIENT("client"),
    CLIENT_WITH_WILL("client_with_will"),
    LOST("lost"),
    KEEP_ALIVE("keepalive"),
    TAKEN_OVER("taken_over"),
    PROTOCOL_ERROR("protocol_error"),
    PACKET_TOO_LARGE("packet_too_large"),
    RECEIVE_MAXIMUM("receive_maximum"),
    NOT_AUTHORIZED("not_authorized"),
    DRAIN("drain"),
    REFUSED_MESSAGE("refused_message"),
    /** Kafka took nothing of it for longer than it is held. */
    KAFKA("kafka"),
    /** It read nothing of what it was sent for longer than it is held. */
    NOT_READING("not_reading"),
    INTERNAL("internal");

    private final String id;

    DisconnectCause(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /**
     * Whether the will is due: in all cases but a normal goodbye (section 3.1.2.5), and when it is the server that goes:
     * an operator's restart is no failure of the devices.
     */
    boolean firesWill() {
        return this != CLIENT && this != DRAIN;
    }
}
