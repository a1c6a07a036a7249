package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.ReasonCode;

/** The peer breaks the protocol: caught once, in {@link Connection}. Carries no stack trace: it is not our bug. */
final class ProtocolError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReasonCode reasonCode;

    ProtocolError(ReasonCode reasonCode, String message) {
        super(message, null, false, false);
        this.reasonCode = reasonCode;
    }

    ReasonCode reasonCode() {
        return reasonCode;
    }
}
