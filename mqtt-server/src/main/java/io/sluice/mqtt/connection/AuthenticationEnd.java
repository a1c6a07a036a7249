package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What became of an authentication: the label of {@code sluice_authentications_total}. */
enum AuthenticationEnd {
    ACCEPTED("accepted"),
    DENIED("denied"),
    /** It could not be decided, e.g. since the server that decides is away. */
    UNDECIDED("undecided");

    private final String id;

    AuthenticationEnd(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    static AuthenticationEnd of(@Nullable ReasonCode refusal) {
        if (refusal == null) {
            return ACCEPTED;
        }
        return refusal == ReasonCode.SERVER_UNAVAILABLE || refusal == ReasonCode.SERVER_BUSY ? UNDECIDED : DENIED;
    }
}
