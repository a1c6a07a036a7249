package io.sluice.mqtt.auth.certificate;

import io.sluice.mqtt.auth.shared.Cause;
import io.sluice.mqtt.message.ReasonCode;

/** Why a certificate is nobody's, though TLS has verified it. */
public enum CertificateFailure implements Cause {
    NO_CERTIFICATE("no_certificate", ReasonCode.BAD_USER_NAME_OR_PASSWORD),
    NO_NAME("no_name", ReasonCode.NOT_AUTHORIZED),
    SEVERAL_NAMES("several_names", ReasonCode.NOT_AUTHORIZED),
    HOSTILE_NAME("hostile_name", ReasonCode.NOT_AUTHORIZED),
    MALFORMED("malformed_certificate", ReasonCode.NOT_AUTHORIZED);

    private final String id;
    private final ReasonCode reasonCode;

    CertificateFailure(String id, ReasonCode reasonCode) {
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
