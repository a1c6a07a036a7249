package io.sluice.mqtt.auth.password;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.auth.Principal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;

/** One user of a password file. Immutable. */
public final class PasswordUser {

    /** Longest name of a user or group, in bytes of UTF-8. */
    public static final int NAME_BYTES_MAX = 256;

    private static final int PROOF_BYTES = 16;

    private final PasswordHash hash;
    private final Principal principal;

    public PasswordUser(String name, PasswordHash hash, Set<String> groups) {
        this.hash = hash;
        principal = new Principal(name, groups, Principal.NEVER, proof(name, hash, groups));
    }

    /** A digest of all that was proved: another password, another hash of it or other groups are another proof. */
    private static String proof(String name, PasswordHash hash, Set<String> groups) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((name + '\n' + hash.encoded() + '\n' + new TreeSet<>(groups)).getBytes(UTF_8));
            byte[] digest = Arrays.copyOf(sha256.digest(), PROOF_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    public String name() {
        return String.valueOf(principal.userName());
    }

    public PasswordHash hash() {
        return hash;
    }

    /** Who it is, once it has given the password. */
    public Principal principal() {
        return principal;
    }

    @Override
    public String toString() {
        return "PasswordUser(" + name() + ", " + hash + ")";
    }
}
