package io.sluice.mqtt.auth.password;

import io.sluice.mqtt.auth.scram.ScramCredential;
import java.util.Base64;

/**
 * {@code $scram-sha-256$iterations$salt$storedKey$serverKey}: for those who authenticate by SCRAM; whoever sends the
 * password itself is held against it too.
 */
record ScramHash(String encoded, ScramCredential credential) implements PasswordHash {

    private static final String FORM = "$scram-sha-256$<iterations>$<salt>$<StoredKey>$<ServerKey>";

    /** RFC 7677, section 4. */
    static final int ITERATIONS_MIN = 4_096;

    private static final int SALT_BYTES_MIN = 8;

    static ScramHash parse(String encoded, HashFields fields, HashLimits limits) throws HashProblem {
        fields.require(5, FORM);
        int iterations = HashFields.number(fields.text(1), "iterations", ITERATIONS_MIN, limits.iterationsMax());
        byte[] salt = fields.base64(2, "salt", SALT_BYTES_MIN);
        byte[] storedKey = key(fields, 3, "StoredKey");
        byte[] serverKey = key(fields, 4, "ServerKey");
        return new ScramHash(encoded, new ScramCredential(salt, iterations, storedKey, serverKey));
    }

    private static byte[] key(HashFields fields, int index, String what) throws HashProblem {
        byte[] key = fields.base64(index, what, ScramCredential.KEY_BYTES);
        if (key.length != ScramCredential.KEY_BYTES) {
            throw new HashProblem("a " + what + " of " + key.length + " bytes", ScramCredential.KEY_BYTES + " bytes");
        }
        return key;
    }

    static ScramHash make(byte[] password, int iterations, byte[] salt) {
        return encode(ScramCredential.derive(password, salt, iterations));
    }

    private static ScramHash encode(ScramCredential credential) {
        Base64.Encoder base64 = Base64.getEncoder();
        String encoded = "$scram-sha-256$" + credential.iterations()
                + "$" + base64.encodeToString(credential.salt())
                + "$" + base64.encodeToString(credential.storedKey())
                + "$" + base64.encodeToString(credential.serverKey());
        return new ScramHash(encoded, credential);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.SCRAM_SHA_256;
    }

    @Override
    public String cost() {
        return "scram-sha-256 " + credential.iterations();
    }

    @Override
    public boolean matches(byte[] password) {
        return credential.matches(password);
    }

    @Override
    public PasswordHash decoy() {
        return encode(new ScramCredential(
                PasswordHasher.random(credential.salt().length),
                credential.iterations(),
                PasswordHasher.random(ScramCredential.KEY_BYTES),
                PasswordHasher.random(ScramCredential.KEY_BYTES)));
    }

    @Override
    public String toString() {
        return cost();
    }
}
