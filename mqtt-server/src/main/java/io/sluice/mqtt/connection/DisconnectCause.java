package io.sluice.mqtt.connection;

import io.sluice.mqtt.session.Ending;

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
    /** More of something than is taken: user properties, topic filters. */
    LIMIT("limit"),
    /** A packet began and did not come to its end. */
    PACKET_TIMEOUT("packet_timeout"),
    NOT_AUTHORIZED("not_authorized"),
    CREDENTIALS_EXPIRED("credentials_expired"),
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

    /** What it means for the session's will. */
    Ending ending() {
        return switch (this) {
            case CLIENT -> Ending.GOODBYE;
            case DRAIN -> Ending.DRAINED;
            default -> Ending.LOST;
        };
    }
}
