package io.sluice.app.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Who issues tokens in tests. */
final class Tokens {

    private final ECKey key;

    Tokens() {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public keys, as they are published. */
    String keys() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /** A token of a user for the broker. */
    String token(String user, Duration validity, String... groups) {
        return token(user, "mqtt", validity, groups);
    }

    String token(String user, String audience, Duration validity, String... groups) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(user)
                .issuer("https://idp.example")
                .audience(audience)
                .claim("groups", List.of(groups))
                .expirationTime(Date.from(Instant.now().plus(validity)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(), claims);
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }
}
