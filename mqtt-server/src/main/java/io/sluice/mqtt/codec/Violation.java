package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.ReasonCode;

/** A packet breaks a rule: thrown by the readers, caught in {@link PacketDecoder} alone. Has no stack: a peer causes it. */
final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReasonCode reasonCode;

    private Violation(ReasonCode reasonCode, String detail) {
        super(detail, null, false, false);
        this.reasonCode = reasonCode;
    }

    static Violation of(ReasonCode reasonCode, String detail) {
        return new Violation(reasonCode, detail);
    }

    /** The bytes cannot be read as this packet (section 4.13). */
    static Violation malformed(String detail) {
        return new Violation(ReasonCode.MALFORMED_PACKET, detail);
    }

    /** The packet can be read, and says what it must not (section 4.13). */
    static Violation protocolError(String detail) {
        return new Violation(ReasonCode.PROTOCOL_ERROR, detail);
    }

    ReasonCode reasonCode() {
        return reasonCode;
    }

    String detail() {
        String detail = getMessage();
        return detail == null ? "" : detail;
    }
}
