package io.sluice.mqtt.auth.certificate;

/** The certificate has no name that could be used. Carries no stack trace: it is the peer's doing. */
final class NameProblem extends Exception {

    private final CertificateFailure failure;

    NameProblem(CertificateFailure failure, String found) {
        super(found, null, false, false);
        this.failure = failure;
    }

    CertificateFailure failure() {
        return failure;
    }

    String found() {
        return String.valueOf(getMessage());
    }
}
