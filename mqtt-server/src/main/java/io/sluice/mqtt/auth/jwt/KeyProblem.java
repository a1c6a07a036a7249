package io.sluice.mqtt.auth.jwt;

/** Keys cannot be used. Says what is wrong, never a key. */
public final class KeyProblem extends Exception {

    KeyProblem(String message) {
        super(message);
    }
}
