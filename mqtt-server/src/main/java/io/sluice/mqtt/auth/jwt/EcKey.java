package io.sluice.mqtt.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import org.jspecify.annotations.Nullable;

/** A key on one of the curves P-256, P-384 and P-521: each has one algorithm. */
record EcKey(@Nullable String id, String algorithm, ECDSAVerifier verifier) implements TokenKey {

    static @Nullable EcKey of(ECKey jwk, @Nullable String algorithm) throws JOSEException {
        String ofCurve =
                switch (jwk.getCurve().getName()) {
                    case "P-256" -> "ES256";
                    case "P-384" -> "ES384";
                    case "P-521" -> "ES512";
                    default -> null;
                };
        if (ofCurve == null || (algorithm != null && !algorithm.equals(ofCurve))) {
            return null;
        }
        return new EcKey(jwk.getKeyID(), ofCurve, new ECDSAVerifier(jwk.toECPublicKey()));
    }

    @Override
    public boolean checks(String wanted) {
        return wanted.equals(algorithm);
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
