package io.sluice.app.security.attempts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens, good ones and others, without any library for tokens. */
final class TokenIssuer {

    static final String RS256 = "\"alg\":\"RS256\",\"kid\":\"k1\"";

    private final KeyPair keys;

    TokenIssuer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    /** The public key as JSON, without braces around it. */
    String publicKey() {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        return "\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\"" + number(key.getModulus()) + "\",\"e\":\""
                + number(key.getPublicExponent()) + "\"";
    }

    String keySet() {
        return "{\"keys\":[{" + publicKey() + "}]}";
    }

    /** The claims of a token that is good for an hour. */
    static String claims() {
        return claims("https://issuer.example", "sluice", 0, 3_600);
    }

    static String claims(String issuer, String audience, long fromSeconds, long untilSeconds) {
        long now = Instant.now().getEpochSecond();
        return "\"sub\":\"honest\",\"iss\":\"" + issuer + "\",\"aud\":\"" + audience + "\",\"nbf\":"
                + (now + fromSeconds) + ",\"exp\":" + (now + untilSeconds);
    }

    private static String unsigned(String header, String claims) {
        return base64(("{" + header + "}").getBytes(UTF_8)) + "." + base64(("{" + claims + "}").getBytes(UTF_8));
    }

    /** Signed by our RSA key, whatever the header says. */
    String token(String header, String claims) throws GeneralSecurityException {
        String unsigned = unsigned(header, claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(unsigned.getBytes(UTF_8));
        return unsigned + "." + base64(signature.sign());
    }

    /** Without any signature. */
    String unsecured(String header, String claims) {
        return unsigned(header, claims) + ".";
    }

    /** Signed by a secret that everybody knows: the public key. */
    String byPublicKey(byte[] secret) throws GeneralSecurityException {
        String unsigned = unsigned("\"alg\":\"HS256\",\"kid\":\"k1\"", claims());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return unsigned + "." + base64(mac.doFinal(unsigned.getBytes(UTF_8)));
    }

    byte[] encodedPublicKey() {
        return keys.getPublic().getEncoded();
    }
}
