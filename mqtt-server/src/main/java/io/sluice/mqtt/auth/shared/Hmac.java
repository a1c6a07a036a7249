package io.sluice.mqtt.auth.shared;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 by one key. Safe for all threads: each call works on a copy of the prepared state, so that none looks
 * for a security provider.
 */
public final class Hmac {

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac prepared;

    private Hmac(Mac prepared) {
        this.prepared = prepared;
    }

    /** @param key not empty */
    public static Hmac sha256(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return new Hmac(mac);
        } catch (NoSuchAlgorithmException | InvalidKeyException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
    }

    /** 32 bytes. */
    public byte[] of(byte[] message) {
        try {
            return ((Mac) prepared.clone()).doFinal(message);
        } catch (CloneNotSupportedException notCloneable) {
            throw new IllegalStateException(prepared.getProvider() + " cannot copy " + ALGORITHM, notCloneable);
        }
    }
}
