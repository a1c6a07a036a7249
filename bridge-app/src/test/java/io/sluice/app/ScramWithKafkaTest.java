package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.auth.password.Algorithm;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.HashProblem;
import io.sluice.mqtt.auth.password.PasswordAuthenticator;
import io.sluice.mqtt.auth.password.PasswordHash;
import io.sluice.mqtt.auth.password.PasswordHasher;
import io.sluice.mqtt.auth.password.PasswordSettings;
import io.sluice.mqtt.auth.password.PasswordUser;
import io.sluice.mqtt.auth.password.PasswordUsers;
import io.sluice.mqtt.auth.shared.AuthenticationPool;
import io.sluice.mqtt.auth.shared.PoolSettings;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our SCRAM against the one that Kafka's clients have: neither knows the other's code. */
class ScramWithKafkaTest {

    private static final String METHOD = "SCRAM-SHA-256";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AuthenticationPool pool = new AuthenticationPool(PoolSettings.DEFAULTS, System::nanoTime, meters);

    @AfterEach
    void closePool() {
        pool.close();
    }

    private AuthOutcome authenticate(PasswordHash hash, String name, String password) throws SaslException {
        PasswordAuthenticator authenticator = new PasswordAuthenticator(
                "devices",
                PasswordSettings.DEFAULTS,
                PasswordUsers.of(List.of(new PasswordUser("a,b=c", hash, Set.of("operators")))),
                pool,
                System::nanoTime,
                meters);
        Peer peer = new Peer("mqtt", new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000), List.of());
        EnhancedExchange exchange = Objects.requireNonNull(
                authenticator.exchange(METHOD, new Credentials(new ClientId("c"), null, null, peer)));
        ScramSaslClient client = client(name, password);
        byte[] first = client.evaluateChallenge(new byte[0]);
        AuthOutcome asked = step(exchange, first);
        byte[] last =
                client.evaluateChallenge(((AuthOutcome.Continue) asked).data().bytes());
        AuthOutcome outcome = step(exchange, last);
        if (outcome instanceof AuthOutcome.Accepted accepted) {
            client.evaluateChallenge(Objects.requireNonNull(accepted.data()).bytes());
            assertThat(client.isComplete()).as("our proof is good too").isTrue();
        }
        return outcome;
    }

    private static AuthOutcome step(EnhancedExchange exchange, byte[] data) {
        return Objects.requireNonNull(exchange.step(Payload.wrap(data)).block(Duration.ofSeconds(10)));
    }

    private static ScramSaslClient client(String name, String password) {
        try {
            return new ScramSaslClient(ScramMechanism.SCRAM_SHA_256, callbacks -> {
                for (Callback callback : callbacks) {
                    if (callback instanceof NameCallback asked) {
                        asked.setName(name);
                    } else if (callback instanceof PasswordCallback asked) {
                        asked.setPassword(password.toCharArray());
                    }
                }
            });
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError(missing);
        }
    }

    @Test
    void kafkasClientProvesAPasswordThatWeHaveHashed() throws Exception {
        PasswordHash hash = PasswordHasher.of(Algorithm.SCRAM_SHA_256).hash("pässwörd".getBytes(UTF_8));

        assertThat(authenticate(hash, "a,b=c", "pässwörd")).isInstanceOf(AuthOutcome.Accepted.class);
        assertThat(authenticate(hash, "a,b=c", "password")).isInstanceOf(AuthOutcome.Denied.class);
        assertThat(authenticate(hash, "nobody", "pässwörd")).isInstanceOf(AuthOutcome.Denied.class);
    }

    @Test
    void kafkasClientProvesAPasswordThatKafkaHasHashed() throws Exception {
        PasswordHash hash = byKafka("geheim");

        assertThat(authenticate(hash, "a,b=c", "geheim")).isInstanceOf(AuthOutcome.Accepted.class);
        assertThat(hash.matches("geheim".getBytes(UTF_8))).isTrue();
        assertThat(hash.matches("Geheim".getBytes(UTF_8))).isFalse();
    }

    private static PasswordHash byKafka(String password) throws NoSuchAlgorithmException, HashProblem {
        ScramCredential credential =
                new ScramFormatter(ScramMechanism.SCRAM_SHA_256).generateCredential(password, 8_192);
        Base64.Encoder base64 = Base64.getEncoder();
        return PasswordHash.parse(
                "$scram-sha-256$" + credential.iterations() + "$" + base64.encodeToString(credential.salt()) + "$"
                        + base64.encodeToString(credential.storedKey()) + "$"
                        + base64.encodeToString(credential.serverKey()),
                HashLimits.DEFAULTS);
    }
}
