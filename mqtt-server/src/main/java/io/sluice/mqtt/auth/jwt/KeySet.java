package io.sluice.mqtt.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.sluice.mqtt.auth.shared.StrictJson;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys by which signatures are checked. Immutable; has one key at least. */
public final class KeySet {

    /** Largest set, in bytes. */
    public static final int BYTES_MAX = 1 << 20;

    /** Most keys of a set: as many checks a token without a key's name may cost. */
    public static final int KEYS_MAX = 64;

    /** Shortest secret, in bytes: what HS256 needs (RFC 7518, section 3.2). */
    public static final int SECRET_BYTES_MIN = 32;

    private final List<TokenKey> keys;
    private final boolean symmetric;

    private KeySet(List<TokenKey> keys, boolean symmetric) {
        this.keys = List.copyOf(keys);
        this.symmetric = symmetric;
    }

    /**
     * Reads a JSON Web Key Set (RFC 7517). Only public keys for signatures are used: secrets in it never are, or whoever
     * can read the set could sign.
     *
     * @throws KeyProblem if it is none, or has no key that could be used
     */
    public static KeySet parse(byte[] jwks) throws KeyProblem {
        if (jwks.length > BYTES_MAX) {
            throw new KeyProblem("a key set of " + jwks.length + " bytes (expected: at most " + BYTES_MAX + ")");
        }
        if (StrictJson.object(jwks) == null) {
            throw new KeyProblem("no JSON object (expected: a key set, {\"keys\": [...]})");
        }
        try {
            List<TokenKey> keys = new ArrayList<>();
            for (JWK jwk : JWKSet.parse(new String(jwks, UTF_8)).getKeys()) {
                TokenKey key = isForSignatures(jwk) ? usable(jwk) : null;
                if (key != null) {
                    keys.add(key);
                }
            }
            if (keys.isEmpty() || keys.size() > KEYS_MAX) {
                throw new KeyProblem(keys.size() + " public keys for signatures (expected: 1 to " + KEYS_MAX + ")");
            }
            return new KeySet(keys, false);
        } catch (ParseException | JOSEException | RuntimeException malformed) {
            // Without its message: that quotes what was read.
            throw new KeyProblem("a key set that cannot be read (expected: as RFC 7517 says)");
        }
    }

    private static boolean isForSignatures(JWK jwk) {
        boolean use = jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE);
        return use && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
    }

    private static @Nullable TokenKey usable(JWK jwk) throws JOSEException {
        String algorithm =
                jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
        if (jwk instanceof RSAKey rsa) {
            return RsaKey.of(rsa, algorithm);
        }
        if (jwk instanceof ECKey ec) {
            return EcKey.of(ec, algorithm);
        }
        if (jwk instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)) {
            return EdKey.of(okp, algorithm);
        }
        return null;
    }

    /**
     * The secret that the issuer signs with.
     *
     * @throws KeyProblem if it is too short
     */
    public static KeySet secret(byte[] secret) throws KeyProblem {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new KeyProblem("a secret of " + secret.length + " bytes (expected: " + SECRET_BYTES_MIN
                    + " at least, as random as can be)");
        }
        try {
            return new KeySet(List.of(new SecretKey(new MACVerifier(secret), secret.length)), true);
        } catch (JOSEException refused) {
            throw new KeyProblem("a secret that cannot be used");
        }
    }

    /** Whether this is a secret, and not public keys. */
    boolean isSymmetric() {
        return symmetric;
    }

    int size() {
        return keys.size();
    }

    /**
     * The keys that may have made a signature: of that algorithm's own kind, whatever the token says.
     *
     * @param keyId the name of the key as the token says, or null
     */
    List<TokenKey> candidates(String algorithm, @Nullable String keyId) {
        return keys.stream()
                .filter(key -> keyId == null || symmetric || keyId.equals(key.id()))
                .filter(key -> key.checks(algorithm))
                .toList();
    }
}
