package io.sluice.mqtt.auth.password;

/** A hash cannot be used. Says what is wrong, never the hash. */
public final class HashProblem extends Exception {

    private final String found;
    private final String expected;

    HashProblem(String found, String expected) {
        super(found + " (expected: " + expected + ")");
        this.found = found;
        this.expected = expected;
    }

    public String found() {
        return found;
    }

    public String expected() {
        return expected;
    }
}
