package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.TOKENS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Property;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.Wire;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens that nobody trustworthy has made, or not for us, or not for now. */
final class TokenAttempts {

    private static final String ISSUER = "https://issuer.example";
    private static final String BAD_3 = "CONNACK 4, closed";
    private static final String BAD = "CONNACK 0x86, closed";
    private static final String NOT_NOW_3 = "CONNACK 5, closed";
    private static final String NOT_NOW = "CONNACK 0x87, closed";

    /** Who nobody knows; its key takes a while to make. */
    private static final TokenIssuer STRANGER = new TokenIssuer();

    private TokenAttempts() {}

    /** Makes a token. */
    private interface Forged {
        String token(TokenIssuer issuer) throws GeneralSecurityException;
    }

    static List<Attempt> all() {
        String claims = TokenIssuer.claims();
        return List.of(
                forged("`alg: none`", issuer -> issuer.unsecured("\"alg\":\"none\"", TokenIssuer.claims())),
                forged(
                        "`alg: None` with a signature",
                        issuer -> issuer.token("\"alg\":\"None\",\"kid\":\"k1\"", claims)),
                forged("no `alg`", issuer -> issuer.token("\"kid\":\"k1\"", claims)),
                forged(
                        "HS256 with the public RSA key as secret",
                        issuer -> issuer.byPublicKey(issuer.encodedPublicKey())),
                forged(
                        "HS256 with the key set's text as secret",
                        issuer -> issuer.byPublicKey(issuer.keySet().getBytes(UTF_8))),
                forged("HS256 with an empty secret's like", issuer -> issuer.byPublicKey(new byte[1])),
                forged("signed by another key", issuer -> STRANGER.token(TokenIssuer.RS256, TokenIssuer.claims())),
                forged("signed by a key that the token brings (`jwk`)", issuer -> {
                    return STRANGER.token(
                            "\"alg\":\"RS256\",\"jwk\":{" + STRANGER.publicKey() + "}", TokenIssuer.claims());
                }),
                forged(
                        "keys at an address of the token's (`jku`)",
                        issuer -> STRANGER.token(
                                TokenIssuer.RS256 + ",\"jku\":\"https://evil.example/keys\"", TokenIssuer.claims())),
                forged(
                        "a certificate at an address of the token's (`x5u`)",
                        issuer -> STRANGER.token(
                                TokenIssuer.RS256 + ",\"x5u\":\"https://evil.example/crt\"", TokenIssuer.claims())),
                forged(
                        "an unknown `kid`",
                        issuer -> issuer.token("\"alg\":\"RS256\",\"kid\":\"../../etc/passwd\"", TokenIssuer.claims())),
                forged(
                        "a header that is critical and unknown (`crit`)",
                        issuer -> issuer.token(TokenIssuer.RS256 + ",\"crit\":[\"x\"],\"x\":1", TokenIssuer.claims())),
                forged("claims that were changed after signing", issuer -> {
                    String[] parts = issuer.token(TokenIssuer.RS256, TokenIssuer.claims())
                            .split("\\.");
                    return parts[0] + "." + new StringBuilder(parts[1]).replace(20, 22, "AA") + "." + parts[2];
                }),
                forged(
                        "a token of 60 KB",
                        issuer -> issuer.token(
                                TokenIssuer.RS256, TokenIssuer.claims() + ",\"x\":\"" + "x".repeat(43_000) + "\"")),
                new Attempt(
                        TOKENS,
                        "a CONNECT of 1 MB, with a token in each of 17 user properties",
                        null,
                        "CONNACK 0x95, closed",
                        TokenAttempts::aMegabyte),
                forged(
                        "`alg` said twice",
                        issuer -> issuer.token("\"alg\":\"none\"," + TokenIssuer.RS256, TokenIssuer.claims())),
                forged(
                        "a hundred thousand brackets",
                        issuer -> issuer.token(TokenIssuer.RS256, "\"x\":" + "[".repeat(30_000))),
                real("another audience", TokenIssuer.claims(ISSUER, "others", 0, 3_600)),
                real("another issuer", TokenIssuer.claims("https://evil.example", "sluice", 0, 3_600)),
                real("expired two minutes ago", TokenIssuer.claims(ISSUER, "sluice", -3_600, -120)),
                real("valid in an hour", TokenIssuer.claims(ISSUER, "sluice", 3_600, 7_200)),
                real("no end (`exp`)", "\"sub\":\"honest\",\"iss\":\"" + ISSUER + "\",\"aud\":\"sluice\""),
                real("no user name (`sub`)", claims.replace("\"sub\":\"honest\",", "")),
                real("a user name `ad\u202Emin`", claims.replace("honest", "ad\u202Emin")),
                new Attempt(
                        TOKENS,
                        "no token",
                        BAD_3,
                        BAD,
                        (sluice, protocol) ->
                                sluice.connect("tokens", new Connect(protocol, sluice.clientId()).user("honest"))),
                new Attempt(
                        TOKENS,
                        "a password that is right on another listener",
                        BAD_3,
                        BAD,
                        (sluice, protocol) -> sluice.connect(
                                "tokens",
                                new Connect(protocol, sluice.clientId()).user("alice", sluice.password("alice")))));
    }

    /** No field of a packet holds more than 64 KB, so that it takes many to make a megabyte. */
    private static String aMegabyte(AttackedSluice sluice, Protocol protocol)
            throws GeneralSecurityException, IOException {
        String token = sluice.issuer()
                .token(TokenIssuer.RS256, TokenIssuer.claims() + ",\"x\":\"" + "x".repeat(46_000) + "\"");
        sluice.keep(token.substring(token.lastIndexOf('.') + 1));
        Connect connect = new Connect(protocol, sluice.clientId()).user("honest", token);
        for (int i = 0; i < 17; i++) {
            connect.with(Wire.join(Wire.u8(Property.USER_PROPERTY), Wire.text("token"), Wire.text(token)));
        }
        byte[] bytes = connect.bytes();
        assertThat(bytes.length).isGreaterThan(1_000_000);
        return sluice.connect("tokens", connect);
    }

    private static Attempt forged(String what, Forged forged) {
        return attempt(what, BAD_3, BAD, forged);
    }

    private static Attempt real(String what, String claims) {
        return attempt(what, NOT_NOW_3, NOT_NOW, issuer -> issuer.token(TokenIssuer.RS256, claims));
    }

    private static Attempt attempt(String what, @Nullable String answer3, String answer5, Forged forged) {
        return new Attempt(TOKENS, what, answer3, answer5, (sluice, protocol) -> {
            String token = forged.token(sluice.issuer());
            sluice.keep(token);
            int signature = token.lastIndexOf('.') + 1;
            if (token.length() > signature) {
                sluice.keep(token.substring(signature));
            }
            return sluice.connect("tokens", new Connect(protocol, sluice.clientId()).user("honest", token));
        });
    }
}
