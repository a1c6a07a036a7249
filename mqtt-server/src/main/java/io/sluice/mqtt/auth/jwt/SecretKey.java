package io.sluice.mqtt.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import org.jspecify.annotations.Nullable;

/** A secret, which has no name: it is the only key there is. */
record SecretKey(MACVerifier verifier, int bytes) implements TokenKey {

    @Override
    public @Nullable String id() {
        return null;
    }

    /** As long as the digest at least (RFC 7518, section 3.2). */
    @Override
    public boolean checks(String algorithm) {
        return switch (algorithm) {
            case "HS256" -> bytes >= 32;
            case "HS384" -> bytes >= 48;
            case "HS512" -> bytes >= 64;
            default -> false;
        };
    }

    @Override
    public boolean hasSigned(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            return verifier.verify(header, signed, signature);
        } catch (JOSEException cannotBe) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "SecretKey";
    }
}
