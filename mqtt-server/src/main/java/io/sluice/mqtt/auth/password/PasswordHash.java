package io.sluice.mqtt.auth.password;

/** One hash of a password file. Immutable, safe for all threads. Prints nothing of itself but its kind. */
public sealed interface PasswordHash permits Argon2idHash, BcryptHash, Sha512Hash, Pbkdf2Hash, ScramHash {

    /** What all are told of a hash that begins like none of ours. */
    String KINDS = "$argon2id$, $2a$, $2b$, $2y$, $6$, $7$, $pbkdf2-sha512$ or $scram-sha-256$";

    Algorithm algorithm();

    /** As it stands in the file. */
    String encoded();

    /** What decides how long it takes: algorithm and parameters, without salt and hash. */
    String cost();

    /** Whether this is the password: takes as long as {@link #cost} says, wherever it differs. Blocks. */
    boolean matches(byte[] password);

    /** A hash of the same cost that no password matches. */
    PasswordHash decoy();

    /** Reads what stands in a file, whoever has written it: ourselves, mosquitto, htpasswd, Kafka's SCRAM tools. */
    static PasswordHash parse(String encoded, HashLimits limits) throws HashProblem {
        HashFields fields = HashFields.of(encoded);
        return switch (fields.kind()) {
            case "argon2id" -> Argon2idHash.parse(encoded, fields, limits);
            case "2a", "2b", "2y" -> BcryptHash.parse(encoded, fields, limits);
            case "6" -> Sha512Hash.parse(encoded, fields);
            case "7" -> Pbkdf2Hash.parseMosquitto(encoded, fields, limits);
            case "pbkdf2-sha512" -> Pbkdf2Hash.parseModular(encoded, fields, limits);
            case "scram-sha-256" -> ScramHash.parse(encoded, fields, limits);
            default -> throw new HashProblem("a hash of a kind that is not known", KINDS);
        };
    }
}
