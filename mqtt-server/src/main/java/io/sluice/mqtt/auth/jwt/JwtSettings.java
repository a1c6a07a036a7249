package io.sluice.mqtt.auth.jwt;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are good, and for whom.
 *
 * @param field where the token is; whatever else CONNECT says of a user is not looked at
 * @param issuer what {@code iss} must be, or null for anything
 * @param audiences one of which {@code aud} must have; empty for anything, and then tokens that are meant for other
 *     services let in too
 * @param algorithms those that a signature may be of
 * @param leeway how far clocks may be apart: so much later {@code exp} ends, and so much earlier {@code nbf} begins
 * @param tokenBytesMax longest token, in bytes; longer ones are refused unread
 * @param userNameClaim where the user name is; {@code a.b} is b in the object a, unless a claim has that very name
 * @param groupsClaim where the groups are: a list, or text with spaces between them; null for no groups
 * @param groupsMax most groups of a token
 */
public record JwtSettings(
        TokenField field,
        @Nullable String issuer,
        Set<String> audiences,
        Set<String> algorithms,
        Duration leeway,
        int tokenBytesMax,
        String userNameClaim,
        @Nullable String groupsClaim,
        int groupsMax) {

    /** All whose key for checking cannot sign. */
    public static final Set<String> ASYMMETRIC =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519");

    /** Those of a secret that both sides have: only with {@link KeySet#secret}. */
    public static final Set<String> SYMMETRIC = Set.of("HS256", "HS384", "HS512");

    /** A minute's leeway, 16 KiB, {@code sub} and {@code groups}. */
    public static JwtSettings of(@Nullable String issuer, Set<String> audiences) {
        return new JwtSettings(
                TokenField.PASSWORD,
                issuer,
                audiences,
                ASYMMETRIC,
                Duration.ofSeconds(60),
                16 << 10,
                "sub",
                "groups",
                256);
    }

    public JwtSettings {
        audiences = Set.copyOf(audiences);
        algorithms = Set.copyOf(algorithms);
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("algorithms: none (expected: one at least)");
        }
        for (String algorithm : algorithms) {
            if (!ASYMMETRIC.contains(algorithm) && !SYMMETRIC.contains(algorithm)) {
                throw new IllegalArgumentException("algorithms: \"" + algorithm + "\" (expected: of " + ASYMMETRIC
                        + ", or with a secret " + SYMMETRIC + ")");
            }
        }
        if (leeway.isNegative() || tokenBytesMax < 1 || userNameClaim.isEmpty() || groupsMax < 0) {
            throw new IllegalArgumentException(
                    "leeway, tokenBytesMax, userNameClaim, groupsMax (expected: a leeway that"
                            + " is not negative, a length, a claim, a number)");
        }
    }
}
