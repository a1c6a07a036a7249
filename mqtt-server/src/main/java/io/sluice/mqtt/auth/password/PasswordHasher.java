package io.sluice.mqtt.auth.password;

import java.security.SecureRandom;

/**
 * Makes hashes of new passwords. Immutable, safe for all threads; blocks for as long as the parameters say.
 *
 * @param algorithm any but {@link Algorithm#SHA512}, which is read only
 * @param argon2MemoryKib memory of Argon2, in KiB
 * @param argon2Passes passes of Argon2 over it
 * @param argon2Lanes lanes of Argon2
 * @param bcryptCost two to its power are bcrypt's rounds
 * @param iterations of PBKDF2, also for SCRAM
 */
public record PasswordHasher(
        Algorithm algorithm, int argon2MemoryKib, int argon2Passes, int argon2Lanes, int bcryptCost, int iterations) {

    private static final int SALT_BYTES = 16;

    /** mosquitto 2.0 drops users whose salt in $7$ has another length. */
    private static final int MOSQUITTO_SALT_BYTES = 12;

    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Argon2id with 19 MiB and two passes: what OWASP asks for at least, and little enough that each thread of the pool
     * can have it.
     */
    public static final PasswordHasher DEFAULT = of(Algorithm.ARGON2ID);

    public PasswordHasher {
        if (algorithm == Algorithm.SHA512) {
            throw new IllegalArgumentException("algorithm: sha512 (expected: one that is costly to guess)");
        }
        if (algorithm == Algorithm.SCRAM_SHA_256 && iterations < ScramHash.ITERATIONS_MIN) {
            throw new IllegalArgumentException(
                    "iterations: " + iterations + " (expected: >= " + ScramHash.ITERATIONS_MIN + ")");
        }
    }

    /** What OWASP asks for of each; for SCRAM RFC 7677's 4,096 four times, as small devices have to compute them. */
    public static PasswordHasher of(Algorithm algorithm) {
        return new PasswordHasher(algorithm, 19_456, 2, 1, 11, algorithm == Algorithm.SCRAM_SHA_256 ? 16_384 : 210_000);
    }

    /** @param password not empty */
    public PasswordHash hash(byte[] password) {
        if (password.length == 0) {
            throw new IllegalArgumentException("an empty password (expected: one byte at least)");
        }
        byte[] salt = random(algorithm == Algorithm.PBKDF2_SHA512 ? MOSQUITTO_SALT_BYTES : SALT_BYTES);
        return switch (algorithm) {
            case ARGON2ID -> Argon2idHash.make(password, argon2MemoryKib, argon2Passes, argon2Lanes, salt);
            case BCRYPT -> BcryptHash.make(password, bcryptCost, salt);
            case PBKDF2_SHA512 -> Pbkdf2Hash.make(password, iterations, salt);
            case SCRAM_SHA_256 -> ScramHash.make(password, iterations, salt);
            case SHA512 -> throw new IllegalStateException("refused by the constructor");
        };
    }

    static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    /** @param least each byte has at least this value, 0 to 127 */
    static byte[] random(int bytes, int least) {
        byte[] random = random(bytes);
        for (int i = 0; i < bytes; i++) {
            random[i] = (byte) Math.max(least, random[i] & 0x7F);
        }
        return random;
    }
}
