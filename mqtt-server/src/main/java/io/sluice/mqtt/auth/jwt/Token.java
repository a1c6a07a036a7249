package io.sluice.mqtt.auth.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.sluice.mqtt.auth.shared.StrictJson;
import java.text.ParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signed token as it came, taken apart and not trusted yet. Of its header only the algorithm and the key's name are
 * used: keys that it brings along or points to ({@code jwk}, {@code jku}, {@code x5u}, {@code x5c}) are nobody's.
 *
 * @param keyId the name of the key, or null
 * @param signed what the signature is of
 */
record Token(
        JWSHeader header,
        String algorithm,
        @Nullable String keyId,
        ObjectNode claims,
        byte[] signed,
        Base64URL signature) {

    private static final int KEY_ID_CHARACTERS_MAX = 256;

    /** @param text bounded in length */
    static Token parse(String text, Set<String> algorithms) throws TokenError {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3 || !text.chars().allMatch(Token::isBase64Url)) {
            throw malformed(parts.length + " parts (expected: 3, in Base64 for URLs)");
        }
        ObjectNode header = object(parts[0], "header");
        JsonNode algorithm = header.path("alg");
        if (!algorithm.isTextual() || !algorithms.contains(algorithm.textValue())) {
            throw new TokenError(
                    JwtFailure.ALGORITHM, "an algorithm that is not allowed (expected: " + algorithms + ")");
        }
        if (header.has("crit")) {
            throw new TokenError(JwtFailure.CRITICAL_HEADER, "a header that must be understood, and none is");
        }
        JsonNode keyId = header.path("kid");
        if (!keyId.isMissingNode() && (!keyId.isTextual() || keyId.textValue().length() > KEY_ID_CHARACTERS_MAX)) {
            throw malformed("a key's name that is not a text of at most " + KEY_ID_CHARACTERS_MAX + " characters");
        }
        if (parts[2].isEmpty()) {
            throw new TokenError(JwtFailure.SIGNATURE, "no signature");
        }
        return new Token(
                jwsHeader(parts[0]),
                algorithm.textValue(),
                keyId.textValue(),
                object(parts[1], "claims"),
                (parts[0] + "." + parts[1]).getBytes(US_ASCII),
                new Base64URL(parts[2]));
    }

    private static boolean isBase64Url(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.';
    }

    private static ObjectNode object(String part, String what) throws TokenError {
        ObjectNode object = StrictJson.object(new Base64URL(part).decode());
        if (object == null) {
            throw malformed("a " + what + " that is not a JSON object, or has a key twice");
        }
        return object;
    }

    private static JWSHeader jwsHeader(String part) throws TokenError {
        try {
            return JWSHeader.parse(new Base64URL(part));
        } catch (ParseException | RuntimeException notOne) {
            throw malformed("a header that is not one of a signature");
        }
    }

    private static TokenError malformed(String found) {
        return new TokenError(JwtFailure.MALFORMED, found);
    }
}
