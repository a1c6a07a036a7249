package io.sluice.mqtt.auth.password;

/**
 * How costly a hash of a password file may be: what the file says is computed for everybody who knocks.
 *
 * @param argon2MemoryKibMax most memory of one Argon2 hash, in KiB; as much is needed for each thread of the pool
 * @param argon2WorkKibMax most memory times passes of one Argon2 hash, in KiB
 * @param argon2LanesMax most lanes of one Argon2 hash
 * @param bcryptCostMax highest cost of bcrypt: two to its power are the rounds
 * @param iterationsMax most iterations of PBKDF2, also for SCRAM
 */
public record HashLimits(
        int argon2MemoryKibMax, int argon2WorkKibMax, int argon2LanesMax, int bcryptCostMax, int iterationsMax) {

    /** 256 MiB, 1 GiB in all passes, 16 lanes, 2^14 rounds, 2,000,000 iterations: each some seconds at most. */
    public static final HashLimits DEFAULTS = new HashLimits(256 << 10, 1 << 20, 16, 14, 2_000_000);
}
