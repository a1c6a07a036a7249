package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.ReasonCode;

/** Why a connection was not accepted: the label of {@code sluice_connects_rejected_total}. */
enum RejectReason {
    VERSION("version"),
    CLIENT_ID("client_id"),
    CREDENTIALS("credentials"),
    NOT_AUTHORIZED("not_authorized"),
    LIMIT("limit"),
    ADDRESS_LIMIT("address_limit"),
    MALFORMED("malformed"),
    CONNECT_TIMEOUT("connect_timeout"),
    TLS("tls"),
    PROXY_PROTOCOL("proxy_protocol"),
    RATE("rate"),
    DRAINING("draining"),
    UNAVAILABLE("unavailable");

    private final String id;

    RejectReason(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    static RejectReason of(ReasonCode code) {
        return switch (code) {
            case UNSUPPORTED_PROTOCOL_VERSION -> VERSION;
            case CLIENT_IDENTIFIER_NOT_VALID -> CLIENT_ID;
            case BAD_USER_NAME_OR_PASSWORD, BAD_AUTHENTICATION_METHOD -> CREDENTIALS;
            case NOT_AUTHORIZED, BANNED -> NOT_AUTHORIZED;
            case QUOTA_EXCEEDED -> LIMIT;
            case CONNECTION_RATE_EXCEEDED -> RATE;
            case SERVER_SHUTTING_DOWN, USE_ANOTHER_SERVER -> DRAINING;
            case SERVER_UNAVAILABLE, SERVER_BUSY, IMPLEMENTATION_SPECIFIC_ERROR -> UNAVAILABLE;
            default -> MALFORMED;
        };
    }
}
