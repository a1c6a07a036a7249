package io.sluice.mqtt.auth.jwt;

import static io.sluice.mqtt.message.ReasonCode.BAD_USER_NAME_OR_PASSWORD;
import static io.sluice.mqtt.message.ReasonCode.NOT_AUTHORIZED;

import io.sluice.mqtt.auth.shared.Cause;
import io.sluice.mqtt.message.ReasonCode;

/**
 * Why a token was refused. What nobody trustworthy has signed is as good as a wrong password; a real token that is not
 * good here, or not now, is not authorized.
 */
public enum JwtFailure implements Cause {
    NO_TOKEN("no_token", BAD_USER_NAME_OR_PASSWORD),
    TOO_LONG("too_long", BAD_USER_NAME_OR_PASSWORD),
    MALFORMED("malformed_token", BAD_USER_NAME_OR_PASSWORD),
    ALGORITHM("algorithm", BAD_USER_NAME_OR_PASSWORD),
    CRITICAL_HEADER("critical_header", BAD_USER_NAME_OR_PASSWORD),
    UNKNOWN_KEY("unknown_key", BAD_USER_NAME_OR_PASSWORD),
    SIGNATURE("signature", BAD_USER_NAME_OR_PASSWORD),
    NO_EXPIRY("no_expiry", NOT_AUTHORIZED),
    EXPIRED("expired", NOT_AUTHORIZED),
    NOT_YET_VALID("not_yet_valid", NOT_AUTHORIZED),
    ISSUER("issuer", NOT_AUTHORIZED),
    AUDIENCE("audience", NOT_AUTHORIZED),
    USER_NAME("user_name_claim", NOT_AUTHORIZED),
    GROUPS("groups_claim", NOT_AUTHORIZED),
    NO_KEYS("no_keys", ReasonCode.SERVER_UNAVAILABLE),
    BUSY("busy", ReasonCode.SERVER_BUSY);

    private final String id;
    private final ReasonCode reasonCode;

    JwtFailure(String id, ReasonCode reasonCode) {
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
