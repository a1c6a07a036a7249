package io.sluice.mqtt.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens: good ones, and such as no identity provider would sign. */
final class Issuer {

    static final RSAKey RSA = rsa("rsa-1", 2_048);
    static final RSAKey OTHER_RSA = rsa("rsa-2", 2_048);
    static final ECKey P256 = ec(Curve.P_256);
    static final ECKey P384 = ec(Curve.P_384);
    static final KeyPair ED = ed();

    private Issuer() {}

    static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(id).generate();
        } catch (JOSEException failed) {
            throw new AssertionError(failed);
        }
    }

    private static ECKey ec(Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(curve.getName()).generate();
        } catch (JOSEException failed) {
            throw new AssertionError(failed);
        }
    }

    private static KeyPair ed() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    /** The set of these keys, public parts only. */
    static byte[] jwks(JWK... keys) {
        return new JWKSet(List.of(keys)).toString(true).getBytes(UTF_8);
    }

    /** All keys of the issuer. */
    static byte[] allKeys() {
        byte[] spki = ED.getPublic().getEncoded();
        String x = base64(Arrays.copyOfRange(spki, spki.length - 32, spki.length));
        String ed = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\",\"x\":\"" + x + "\"}";
        String others = new String(jwks(RSA, P256, P384), UTF_8);
        return others.replaceFirst("\\[", "[" + ed + ",").getBytes(UTF_8);
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String base64(String text) {
        return base64(text.getBytes(UTF_8));
    }

    static String signed(JWSAlgorithm algorithm, JWK key, String claims) {
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
            JWSObject token = new JWSObject(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), new Payload(claims));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException failed) {
            throw new AssertionError(failed);
        }
    }

    /** RS256 by the first key, whatever the header says. */
    static String rs256(String header, String claims) {
        return rs256(header, claims, RSA);
    }

    static String rs256(String header, String claims, RSAKey key) {
        try {
            return byJdk("SHA256withRSA", key.toPrivateKey(), header, claims);
        } catch (JOSEException failed) {
            throw new AssertionError(failed);
        }
    }

    static String ed25519(String header, String claims) {
        return byJdk("Ed25519", ED.getPrivate(), header, claims);
    }

    private static String byJdk(String algorithm, PrivateKey key, String header, String claims) {
        try {
            String signed = base64(header) + "." + base64(claims);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    static String hs256(String header, String claims, byte[] secret) {
        try {
            String signed = base64(header) + "." + base64(claims);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + "." + base64(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }
}
