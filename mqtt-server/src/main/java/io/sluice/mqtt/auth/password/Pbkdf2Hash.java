package io.sluice.mqtt.auth.password;

import java.security.MessageDigest;
import java.util.Base64;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * PBKDF2 with HMAC-SHA-512: mosquitto's {@code $7$iterations$salt$hash}, and {@code $pbkdf2-sha512$iterations$salt$hash}
 * as passlib writes it, whose Base64 has dots for plus signs. Computed on bytes: the JDK's takes characters, and a
 * password of MQTT need not be text.
 */
record Pbkdf2Hash(String encoded, int iterations, byte[] salt, byte[] hash) implements PasswordHash {

    private static final String MOSQUITTO = "$7$<iterations>$<salt>$<hash>, as mosquitto_passwd writes it";
    private static final String MODULAR = "$pbkdf2-sha512$<iterations>$<salt>$<hash>";
    private static final int SALT_BYTES_MIN = 8;
    private static final int HASH_BYTES_MIN = 16;
    private static final int HASH_BYTES = 64;

    static Pbkdf2Hash parseMosquitto(String encoded, HashFields fields, HashLimits limits) throws HashProblem {
        return parse(encoded, fields, limits, MOSQUITTO);
    }

    static Pbkdf2Hash parseModular(String encoded, HashFields fields, HashLimits limits) throws HashProblem {
        fields.require(4, MODULAR);
        return parse(encoded, HashFields.of(encoded.replace('.', '+')), limits, MODULAR);
    }

    private static Pbkdf2Hash parse(String encoded, HashFields fields, HashLimits limits, String form)
            throws HashProblem {
        fields.require(4, form);
        int iterations = HashFields.number(fields.text(1), "iterations", 1, limits.iterationsMax());
        byte[] salt = fields.base64(2, "salt", SALT_BYTES_MIN);
        return new Pbkdf2Hash(encoded, iterations, salt, fields.base64(3, "hash", HASH_BYTES_MIN));
    }

    /** In mosquitto's form, so that it can read the file as well. */
    static Pbkdf2Hash make(byte[] password, int iterations, byte[] salt) {
        return encode(iterations, salt, compute(password, iterations, salt, HASH_BYTES));
    }

    private static Pbkdf2Hash encode(int iterations, byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder();
        String encoded = "$7$" + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        return new Pbkdf2Hash(encoded, iterations, salt, hash);
    }

    private static byte[] compute(byte[] password, int iterations, byte[] salt, int bytes) {
        PKCS5S2ParametersGenerator pbkdf2 = new PKCS5S2ParametersGenerator(new SHA512Digest());
        pbkdf2.init(password, salt, iterations);
        return ((KeyParameter) pbkdf2.generateDerivedMacParameters(bytes * Byte.SIZE)).getKey();
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.PBKDF2_SHA512;
    }

    @Override
    public String cost() {
        return "pbkdf2-sha512 " + iterations;
    }

    @Override
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(compute(password, iterations, salt, hash.length), hash);
    }

    @Override
    public PasswordHash decoy() {
        return encode(iterations, PasswordHasher.random(salt.length), PasswordHasher.random(hash.length));
    }

    @Override
    public String toString() {
        return cost();
    }
}
