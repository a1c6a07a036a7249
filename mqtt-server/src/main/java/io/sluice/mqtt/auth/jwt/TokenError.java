package io.sluice.mqtt.auth.jwt;

/** A token is not good. Carries no stack trace: it is the peer's doing. */
final class TokenError extends Exception {

    private final JwtFailure failure;

    /** @param found without anything of the token but the names of its fields */
    TokenError(JwtFailure failure, String found) {
        super(found, null, false, false);
        this.failure = failure;
    }

    JwtFailure failure() {
        return failure;
    }

    String found() {
        return String.valueOf(getMessage());
    }
}
