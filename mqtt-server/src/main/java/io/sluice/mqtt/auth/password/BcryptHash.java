package io.sluice.mqtt.auth.password;

import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * bcrypt, as htpasswd and many others write it: {@code $2b$10$} and 53 characters. It reads 72 bytes of a password and
 * stops at a NUL: what is longer or has one matches nothing, or its beginning alone would be the password.
 */
record BcryptHash(String encoded, int log2Rounds) implements PasswordHash {

    private static final String FORM = "$2b$<cost>$<22 characters of salt and 31 of hash>";
    private static final int COST_MIN = 4;
    private static final int TEXT_LENGTH = 53;
    private static final int PASSWORD_BYTES_MAX = 72;
    private static final byte[] ANY = {'-'};

    static BcryptHash parse(String encoded, HashFields fields, HashLimits limits) throws HashProblem {
        fields.require(3, FORM);
        if (fields.text(1).length() != 2) {
            throw new HashProblem("a cost that has not two digits", FORM);
        }
        int cost = HashFields.number(fields.text(1), "cost", COST_MIN, limits.bcryptCostMax());
        String text = fields.text(2);
        if (text.length() != TEXT_LENGTH || !text.chars().allMatch(BcryptHash::isDigit)) {
            throw new HashProblem("salt and hash of another length or alphabet", FORM);
        }
        return new BcryptHash(encoded, cost);
    }

    private static boolean isDigit(int c) {
        return c == '.' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    static BcryptHash make(byte[] password, int cost, byte[] salt) {
        if (!isReadWhole(password)) {
            throw new IllegalArgumentException("a password of " + password.length
                    + " bytes, or with a NUL (expected for bcrypt: at most " + PASSWORD_BYTES_MAX + ", without)");
        }
        return new BcryptHash(OpenBSDBCrypt.generate("2b", password, salt, cost), cost);
    }

    private static boolean isReadWhole(byte[] password) {
        if (password.length > PASSWORD_BYTES_MAX) {
            return false;
        }
        for (byte b : password) {
            if (b == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.BCRYPT;
    }

    @Override
    public String cost() {
        return "bcrypt " + log2Rounds;
    }

    @Override
    public boolean matches(byte[] password) {
        boolean whole = isReadWhole(password);
        return OpenBSDBCrypt.checkPassword(encoded, whole ? password : ANY) && whole;
    }

    @Override
    public PasswordHash decoy() {
        return make(PasswordHasher.random(16, 1), log2Rounds, PasswordHasher.random(16));
    }

    @Override
    public String toString() {
        return cost();
    }
}
