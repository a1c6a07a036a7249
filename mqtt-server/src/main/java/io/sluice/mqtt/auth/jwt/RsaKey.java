package io.sluice.mqtt.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/** A key of RSA, of 2,048 to 8,192 bits: less can be broken, and more takes too long. */
record RsaKey(@Nullable String id, @Nullable String algorithm, RSASSAVerifier verifier) implements TokenKey {

    private static final int BITS_MIN = 2_048;
    private static final int BITS_MAX = 8_192;
    private static final int EXPONENT_BITS_MAX = 33;

    static @Nullable RsaKey of(RSAKey jwk, @Nullable String algorithm) throws JOSEException {
        RSAPublicKey key = jwk.toRSAPublicKey();
        int bits = key.getModulus().bitLength();
        if (bits < BITS_MIN || bits > BITS_MAX || key.getPublicExponent().bitLength() > EXPONENT_BITS_MAX) {
            return null;
        }
        return new RsaKey(jwk.getKeyID(), algorithm, new RSASSAVerifier(key));
    }

    @Override
    public boolean checks(String wanted) {
        return (wanted.startsWith("RS") || wanted.startsWith("PS")) && (algorithm == null || algorithm.equals(wanted));
    }

    @Override
    public boolean hasSigned(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            return verifier.verify(header, signed, signature);
        } catch (JOSEException cannotBe) {
            return false;
        }
    }
}
