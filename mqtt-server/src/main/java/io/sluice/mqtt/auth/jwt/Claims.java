package io.sluice.mqtt.auth.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.NameCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a token whose signature is good says, held against the settings. */
final class Claims {

    private static final Pattern SPACES = Pattern.compile(" +");
    private static final Pattern DOT = Pattern.compile("\\.");

    private final JwtSettings settings;
    private final ObjectNode claims;

    Claims(JwtSettings settings, ObjectNode claims) {
        this.settings = settings;
        this.claims = claims;
    }

    Principal principal(long nowMillis) throws TokenError {
        long expiryMillis = expiryMillis(nowMillis);
        checkBegin(nowMillis);
        checkIssuer();
        checkAudience();
        return new Principal(userName(), groups(), expiryMillis);
    }

    private long expiryMillis(long nowMillis) throws TokenError {
        JsonNode exp = claims.path("exp");
        if (!exp.isNumber()) {
            throw new TokenError(JwtFailure.NO_EXPIRY, "no exp that is a number");
        }
        // Saturates: what ends after the end of time ends a moment before.
        long expiryMillis = (long) (exp.doubleValue() * 1e3 + settings.leeway().toMillis());
        if (nowMillis >= expiryMillis) {
            throw new TokenError(JwtFailure.EXPIRED, "a token that has expired");
        }
        return Math.min(expiryMillis, Principal.NEVER - 1);
    }

    private void checkBegin(long nowMillis) throws TokenError {
        JsonNode nbf = claims.path("nbf");
        if (nbf.isMissingNode()) {
            return;
        }
        if (!nbf.isNumber()
                || nowMillis < nbf.doubleValue() * 1e3 - settings.leeway().toMillis()) {
            throw new TokenError(JwtFailure.NOT_YET_VALID, "a token that is not valid yet");
        }
    }

    private void checkIssuer() throws TokenError {
        JsonNode iss = claims.path("iss");
        if (settings.issuer() != null && !settings.issuer().equals(iss.textValue())) {
            throw new TokenError(JwtFailure.ISSUER, "another issuer (expected: " + settings.issuer() + ")");
        }
    }

    private void checkAudience() throws TokenError {
        if (settings.audiences().isEmpty()) {
            return;
        }
        JsonNode aud = claims.path("aud");
        if (aud.isTextual() && settings.audiences().contains(aud.textValue())) {
            return;
        }
        if (aud.isArray()) {
            for (JsonNode one : aud) {
                if (one.isTextual() && settings.audiences().contains(one.textValue())) {
                    return;
                }
            }
        }
        throw new TokenError(JwtFailure.AUDIENCE, "another audience (expected: one of " + settings.audiences() + ")");
    }

    private String userName() throws TokenError {
        String userName = claim(settings.userNameClaim()).textValue();
        String problem = userName == null ? "is not a text" : NameCheck.problem(userName);
        if (userName == null || problem != null) {
            throw new TokenError(JwtFailure.USER_NAME, "a " + settings.userNameClaim() + " that " + problem);
        }
        return userName;
    }

    private Set<String> groups() throws TokenError {
        if (settings.groupsClaim() == null) {
            return Set.of();
        }
        JsonNode claim = claim(settings.groupsClaim());
        List<String> groups = new ArrayList<>();
        if (claim.isTextual()) {
            String text = claim.textValue().strip();
            groups.addAll(text.isEmpty() ? List.of() : List.of(SPACES.split(text)));
        } else if (claim.isArray()) {
            for (JsonNode group : claim) {
                // What is not a text is not a group, and what problem() says of an empty one is true.
                groups.add(group.isTextual() ? group.textValue() : "");
            }
        } else if (!claim.isMissingNode() && !claim.isNull()) {
            throw new TokenError(JwtFailure.GROUPS, "groups that are neither a list nor a text");
        }
        return checked(groups);
    }

    private Set<String> checked(List<String> groups) throws TokenError {
        if (groups.size() > settings.groupsMax()) {
            throw new TokenError(
                    JwtFailure.GROUPS, groups.size() + " groups (expected: at most " + settings.groupsMax() + ")");
        }
        for (String group : groups) {
            String problem = NameCheck.problem(group);
            if (problem != null) {
                throw new TokenError(JwtFailure.GROUPS, "a group that " + problem);
            }
        }
        return Set.copyOf(groups);
    }

    /** The claim of that very name, or what the name's parts lead to. */
    private JsonNode claim(String path) {
        if (claims.has(path)) {
            return claims.path(path);
        }
        JsonNode node = claims;
        for (String part : DOT.split(path)) {
            node = node.isObject() ? node.path(part) : node.path(-1);
        }
        return node;
    }
}
