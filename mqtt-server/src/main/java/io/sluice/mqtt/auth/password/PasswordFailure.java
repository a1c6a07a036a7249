package io.sluice.mqtt.auth.password;

import static io.sluice.mqtt.message.ReasonCode.BAD_USER_NAME_OR_PASSWORD;
import static io.sluice.mqtt.message.ReasonCode.SERVER_BUSY;

import io.sluice.mqtt.auth.shared.Cause;
import io.sluice.mqtt.message.ReasonCode;

/** Why a password was refused. The client cannot tell an unknown user from a wrong password. */
public enum PasswordFailure implements Cause {
    NO_USER_NAME("no_user_name", BAD_USER_NAME_OR_PASSWORD),
    NO_PASSWORD("no_password", BAD_USER_NAME_OR_PASSWORD),
    TOO_LONG("too_long", BAD_USER_NAME_OR_PASSWORD),
    NOT_OFFERED("not_offered", BAD_USER_NAME_OR_PASSWORD),
    UNKNOWN_USER("unknown_user", BAD_USER_NAME_OR_PASSWORD),
    WRONG_PASSWORD("wrong_password", BAD_USER_NAME_OR_PASSWORD),
    BACK_OFF("back_off", SERVER_BUSY),
    BUSY("busy", SERVER_BUSY);

    private final String id;
    private final ReasonCode reasonCode;

    PasswordFailure(String id, ReasonCode reasonCode) {
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
