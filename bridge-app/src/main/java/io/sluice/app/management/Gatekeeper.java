package io.sluice.app.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Who may do more than look at metrics and health: whoever is on this machine, who could stop the process as well, and
 * who proves who he is. Never a page in a browser, which somebody else may have written. Safe for all threads.
 */
public final class Gatekeeper {

    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";
    private static final ClientId NO_CLIENT = new ClientId("management");

    /** What is said to who may not. */
    record Refusal(
            HttpResponseStatus status,
            String words,
            @Nullable String challenge) {}

    /**
     * A request, as far as it matters here.
     *
     * @param peer the other end of the connection
     */
    record Visitor(@Nullable InetSocketAddress peer, HttpHeaders headers) {}

    /** What proves who somebody is. */
    private sealed interface Proof {
        /** Nothing does: only this machine. */
        record None() implements Proof {}

        /** A password. */
        record Password(Authenticator users) implements Proof {}

        /** A token. */
        @SuppressWarnings("ArrayRecordComponent")
        record Token(byte[] digest) implements Proof {}
    }

    private final Counter denied;
    private volatile Proof proof = new Proof.None();

    public Gatekeeper(MeterRegistry registry) {
        denied = Counter.builder("sluice.management.denied")
                .description("Requests to the management port of who may not do what they asked for")
                .register(registry);
    }

    /** From now on users of these may come from elsewhere, by their passwords. */
    public void users(Authenticator users) {
        proof = new Proof.Password(users);
    }

    /** From now on who has this token may come from elsewhere. */
    public void token(String token) {
        proof = new Proof.Token(digest(token.getBytes(UTF_8)));
    }

    /** Empty when the visitor may, else what he is told. On any thread. */
    Mono<Refusal> refusal(Visitor visitor) {
        return decide(visitor).doOnNext(refused -> denied.increment());
    }

    private Mono<Refusal> decide(Visitor visitor) {
        if (visitor.headers().contains(HttpHeaderNames.ORIGIN)) {
            return Mono.just(new Refusal(HttpResponseStatus.FORBIDDEN, "not by a page in a browser", null));
        }
        if (isOfThisMachine(visitor)) {
            return Mono.empty();
        }
        Proof needed = proof;
        String said = visitor.headers().get(HttpHeaderNames.AUTHORIZATION);
        InetSocketAddress peer = visitor.peer();
        if (needed instanceof Proof.Password password && peer != null) {
            return said == null || !startsWith(said, BASIC)
                    ? Mono.just(unauthorized(BASIC))
                    : byPassword(password.users(), said.substring(BASIC.length()), peer);
        }
        if (needed instanceof Proof.Token token) {
            boolean isRight = said != null
                    && startsWith(said, BEARER)
                    && MessageDigest.isEqual(
                            token.digest(),
                            digest(said.substring(BEARER.length()).strip().getBytes(UTF_8)));
            return isRight ? Mono.empty() : Mono.just(unauthorized(BEARER));
        }
        return Mono.just(new Refusal(
                HttpResponseStatus.FORBIDDEN, "only from this machine (management.auth lets in others)", null));
    }

    private static boolean startsWith(String said, String scheme) {
        return said.toLowerCase(Locale.ROOT).startsWith(scheme);
    }

    private static Refusal unauthorized(String scheme) {
        String name = scheme.equals(BASIC) ? "Basic realm=\"sluice\", charset=\"UTF-8\"" : "Bearer realm=\"sluice\"";
        return new Refusal(HttpResponseStatus.UNAUTHORIZED, "expected: " + scheme + "authentication", name);
    }

    private static Mono<Refusal> byPassword(Authenticator users, String encoded, InetSocketAddress peer) {
        byte[] pair;
        try {
            pair = Base64.getDecoder().decode(encoded.strip());
        } catch (IllegalArgumentException noBase64) {
            return Mono.just(unauthorized(BASIC));
        }
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        if (colon == pair.length) {
            return Mono.just(unauthorized(BASIC));
        }
        String user = new String(pair, 0, colon, UTF_8);
        Payload password = Payload.wrap(java.util.Arrays.copyOfRange(pair, colon + 1, pair.length));
        return users.authenticate(new Credentials(NO_CLIENT, user, password, new Peer("management", peer, List.of())))
                .flatMap(outcome -> outcome instanceof AuthOutcome.Accepted
                        ? Mono.<Refusal>empty()
                        : Mono.just(
                                outcome instanceof AuthOutcome.Denied refused
                                                && refused.reasonCode() == ReasonCode.SERVER_BUSY
                                        ? new Refusal(HttpResponseStatus.TOO_MANY_REQUESTS, "too many failures", null)
                                        : unauthorized(BASIC)));
    }

    /**
     * By the socket, and by a Host that no name server can have made of a page's own: a page of another site may be made
     * to come from this machine's browser. Nor is a proxy on this machine whoever it speaks for.
     */
    private static boolean isOfThisMachine(Visitor visitor) {
        InetSocketAddress peer = visitor.peer();
        HttpHeaders headers = visitor.headers();
        return peer != null
                && peer.getAddress().isLoopbackAddress()
                && !headers.contains("Forwarded")
                && !headers.contains("X-Forwarded-For")
                && isLiteral(headers.get(HttpHeaderNames.HOST, ""));
    }

    private static boolean isLiteral(String hostAndPort) {
        String host = hostAndPort.replaceFirst(":\\d*$", "");
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        return host.equalsIgnoreCase("localhost")
                || NetUtil.isValidIpV4Address(host)
                || (isBracketed && NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1)));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
