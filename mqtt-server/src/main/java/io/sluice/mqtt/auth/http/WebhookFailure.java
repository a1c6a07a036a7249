package io.sluice.mqtt.auth.http;

import static io.sluice.mqtt.message.ReasonCode.BAD_USER_NAME_OR_PASSWORD;
import static io.sluice.mqtt.message.ReasonCode.NOT_AUTHORIZED;
import static io.sluice.mqtt.message.ReasonCode.SERVER_BUSY;
import static io.sluice.mqtt.message.ReasonCode.SERVER_UNAVAILABLE;

import io.sluice.mqtt.auth.shared.Cause;
import io.sluice.mqtt.message.ReasonCode;

/** Why somebody was not let in by the other server, or because of it. Without a usable answer nobody comes in. */
public enum WebhookFailure implements Cause {
    DENIED("denied", BAD_USER_NAME_OR_PASSWORD),
    TOO_LONG("too_long", BAD_USER_NAME_OR_PASSWORD),
    HOSTILE_NAME("hostile_name", NOT_AUTHORIZED),
    EXPIRED("expired", NOT_AUTHORIZED),
    NO_ANSWER("no_answer", SERVER_UNAVAILABLE),
    STATUS("status", SERVER_UNAVAILABLE),
    MALFORMED("malformed_answer", SERVER_UNAVAILABLE),
    CIRCUIT_OPEN("circuit_open", SERVER_UNAVAILABLE),
    BACK_OFF("back_off", SERVER_BUSY),
    BUSY("busy", SERVER_BUSY);

    private final String id;
    private final ReasonCode reasonCode;

    WebhookFailure(String id, ReasonCode reasonCode) {
        this.id = id;
        this.reasonCode = reasonCode;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ReasonCode reasonCode() {
        return reasonCode;
    }
}
