package io.sluice.mqtt.auth.jwt;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keys from a file: others only by {@link #replace}. Safe for all threads. */
public final class FixedKeys implements TokenKeys {

    private volatile KeySet keys;

    public FixedKeys(KeySet keys) {
        this.keys = keys;
    }

    /** The file was read again. Whoever is in stays until its token ends. */
    public void replace(KeySet next) {
        if (next.isSymmetric() != keys.isSymmetric()) {
            throw new IllegalArgumentException("a secret for public keys, or the other way round (expected: the same)");
        }
        keys = next;
    }

    @Override
    public KeySet current() {
        return keys;
    }

    @Override
    public CompletionStage<?> refresh() {
        return CompletableFuture.completedStage(null);
    }
}
