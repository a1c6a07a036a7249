package io.sluice.mqtt.auth.password;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** mosquitto's {@code $6$salt$hash}: one SHA-512 of the password and the salt. Not crypt's $6$. */
record Sha512Hash(String encoded, byte[] salt, byte[] hash) implements PasswordHash {

    private static final String FORM = "$6$<salt>$<hash>, as mosquitto_passwd writes it";
    private static final int SALT_BYTES_MIN = 8;
    private static final int HASH_BYTES = 64;

    static Sha512Hash parse(String encoded, HashFields fields) throws HashProblem {
        fields.require(3, FORM);
        byte[] hash = fields.base64(2, "hash", HASH_BYTES);
        if (hash.length != HASH_BYTES) {
            throw new HashProblem("a hash of " + hash.length + " bytes", HASH_BYTES + " bytes, " + FORM);
        }
        return new Sha512Hash(encoded, fields.base64(1, "salt", SALT_BYTES_MIN), hash);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.SHA512;
    }

    @Override
    public String cost() {
        return "sha512";
    }

    @Override
    public boolean matches(byte[] password) {
        try {
            MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
            sha512.update(password);
            return MessageDigest.isEqual(sha512.digest(salt), hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java platform has no SHA-512", missing);
        }
    }

    @Override
    public PasswordHash decoy() {
        byte[] otherSalt = PasswordHasher.random(salt.length);
        byte[] otherHash = PasswordHasher.random(HASH_BYTES);
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "$6$" + base64.encodeToString(otherSalt) + "$" + base64.encodeToString(otherHash);
        return new Sha512Hash(text, otherSalt, otherHash);
    }

    @Override
    public String toString() {
        return cost();
    }
}
