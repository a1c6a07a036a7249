package io.sluice.mqtt.auth.scram;

import static io.sluice.mqtt.message.ReasonCode.NOT_AUTHORIZED;

import io.sluice.mqtt.auth.shared.Cause;
import io.sluice.mqtt.message.ReasonCode;

/**
 * Why SCRAM refused. All but a busy server are {@link ReasonCode#NOT_AUTHORIZED}, so that the answer does not tell an
 * unknown user from a wrong password, nor either from a message that was tampered with; and because enhanced
 * authentication knows no password for {@link ReasonCode#BAD_USER_NAME_OR_PASSWORD} to speak of.
 */
public enum ScramFailure implements Cause {
    MALFORMED("malformed", NOT_AUTHORIZED),
    CHANNEL_BINDING("channel_binding", NOT_AUTHORIZED),
    USER_NAME("user_name", NOT_AUTHORIZED),
    UNKNOWN_USER("unknown_user", NOT_AUTHORIZED),
    WRONG_NONCE("wrong_nonce", NOT_AUTHORIZED),
    WRONG_PROOF("wrong_proof", NOT_AUTHORIZED),
    BACK_OFF("back_off", ReasonCode.SERVER_BUSY),
    BUSY("busy", ReasonCode.SERVER_BUSY);

    private final String id;
    private final ReasonCode reasonCode;

    ScramFailure(String id, ReasonCode reasonCode) {
        this.id = "scram_" + id;
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
