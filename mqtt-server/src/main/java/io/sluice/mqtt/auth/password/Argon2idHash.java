package io.sluice.mqtt.auth.password;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Argon2id in the form of PHC, as mosquitto 2.1 writes it too: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. */
record Argon2idHash(String encoded, int memoryKib, int passes, int lanes, byte[] salt, byte[] hash)
        implements PasswordHash {

    private static final String FORM = "$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>";
    private static final Pattern PARAMETERS = Pattern.compile("m=([0-9]+),t=([0-9]+),p=([0-9]+)");
    private static final int SALT_BYTES_MIN = 8;
    private static final int HASH_BYTES_MIN = 16;
    private static final int KIB_PER_LANE_MIN = 8;
    private static final int PASSES_MAX = 1_000;

    static Argon2idHash parse(String encoded, HashFields fields, HashLimits limits) throws HashProblem {
        fields.require(5, FORM);
        if (!fields.text(1).equals("v=19")) {
            throw new HashProblem("a version of Argon2 that is not v=19", "v=19");
        }
        Matcher parameters = PARAMETERS.matcher(fields.text(2));
        if (!parameters.matches()) {
            throw new HashProblem("parameters of another form", FORM);
        }
        int lanes = HashFields.number(parameters.group(3), "p (lanes)", 1, limits.argon2LanesMax());
        int memoryMin = KIB_PER_LANE_MIN * lanes;
        int memoryKib = HashFields.number(parameters.group(1), "m (KiB)", memoryMin, limits.argon2MemoryKibMax());
        int passesMax = Math.max(1, limits.argon2WorkKibMax() / memoryKib);
        int passes = HashFields.number(
                parameters.group(2), "t (passes of m=" + memoryKib + ")", 1, Math.min(PASSES_MAX, passesMax));
        byte[] salt = fields.base64(3, "salt", SALT_BYTES_MIN);
        byte[] hash = fields.base64(4, "hash", HASH_BYTES_MIN);
        return new Argon2idHash(encoded, memoryKib, passes, lanes, salt, hash);
    }

    static Argon2idHash make(byte[] password, int memoryKib, int passes, int lanes, byte[] salt) {
        return encode(memoryKib, passes, lanes, salt, compute(password, memoryKib, passes, lanes, salt, 32));
    }

    private static Argon2idHash encode(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        String encoded = "$argon2id$v=19$m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "$"
                + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        return new Argon2idHash(encoded, memoryKib, passes, lanes, salt, hash);
    }

    private static byte[] compute(byte[] password, int memoryKib, int passes, int lanes, byte[] salt, int bytes) {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] hash = new byte[bytes];
        argon2.generateBytes(password, hash);
        return hash;
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.ARGON2ID;
    }

    @Override
    public String cost() {
        return "argon2id m=" + memoryKib + " t=" + passes + " p=" + lanes;
    }

    @Override
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(compute(password, memoryKib, passes, lanes, salt, hash.length), hash);
    }

    @Override
    public PasswordHash decoy() {
        return encode(memoryKib, passes, lanes, PasswordHasher.random(salt.length), PasswordHasher.random(hash.length));
    }

    @Override
    public String toString() {
        return cost();
    }
}
