package io.sluice.mqtt.auth.password;

/** How a password was hashed: the label of {@code sluice_authentication_hash_duration_seconds}. */
public enum Algorithm {
    ARGON2ID("argon2id"),
    BCRYPT("bcrypt"),
    /** As mosquitto 1 wrote it: one SHA-512, cheap to guess; read, never written. */
    SHA512("sha512"),
    PBKDF2_SHA512("pbkdf2-sha512"),
    SCRAM_SHA_256("scram-sha-256");

    private final String id;

    Algorithm(String id) {
        this.id = id;
    }

    /** As it is written in configuration, on the command line and in metrics. */
    public String id() {
        return id;
    }
}
