package io.sluice.mqtt.auth.scram;

/** The client's message is not what RFC 5802 says. Carries no stack trace: it is the peer's doing. */
final class ScramError extends Exception {

    private final ScramFailure failure;

    /** @param found without anything that may be secret */
    ScramError(ScramFailure failure, String found) {
        super(found, null, false, false);
        this.failure = failure;
    }

    ScramFailure failure() {
        return failure;
    }

    String found() {
        return String.valueOf(getMessage());
    }
}
