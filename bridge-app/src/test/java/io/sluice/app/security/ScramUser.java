package io.sluice.app.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;

/** SCRAM-SHA-256 on the client's side, computed by Kafka's own client: another implementation than the server's. */
final class ScramUser implements Mqtt5EnhancedAuthMechanism {

    private final String user;
    private final String password;
    private ScramSaslClient sasl;

    ScramUser(String user, String password) {
        this.user = user;
        this.password = password;
        this.sasl = client();
    }

    static void put(SecuredSluice sluice, String user, String password) throws java.io.IOException {
        sluice.editor()
                .put(new io.sluice.mqtt.auth.password.PasswordUser(
                        user,
                        io.sluice.mqtt.auth.password.PasswordHasher.of(
                                        io.sluice.mqtt.auth.password.Algorithm.SCRAM_SHA_256)
                                .hash(password.getBytes(UTF_8)),
                        java.util.Set.of()));
    }

    private ScramSaslClient client() {
        try {
            return new ScramSaslClient(ScramMechanism.SCRAM_SHA_256, callbacks -> {
                for (Callback callback : callbacks) {
                    if (callback instanceof NameCallback name) {
                        name.setName(user);
                    } else if (callback instanceof PasswordCallback secret) {
                        secret.setPassword(password.toCharArray());
                    } else if (callback instanceof ScramExtensionsCallback extensions) {
                        extensions.extensions(Map.of());
                    }
                }
            });
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] answer(ByteBuffer question) {
        byte[] bytes = new byte[question.remaining()];
        question.duplicate().get(bytes);
        return answer(bytes);
    }

    private byte[] answer(byte[] question) {
        try {
            return sasl.evaluateChallenge(question);
        } catch (SaslException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public MqttUtf8String getMethod() {
        return MqttUtf8String.of("SCRAM-SHA-256");
    }

    @Override
    public int getTimeout() {
        return 10;
    }

    @Override
    public CompletableFuture<Void> onAuth(
            Mqtt5ClientConfig clientConfig, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder authBuilder) {
        sasl = client();
        authBuilder.data(answer(new byte[0]));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Boolean> onContinue(
            Mqtt5ClientConfig clientConfig, Mqtt5Auth auth, Mqtt5AuthBuilder authBuilder) {
        authBuilder.data(answer(auth.getData().orElseThrow()));
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig clientConfig, Mqtt5AuthBuilder authBuilder) {
        sasl = client();
        authBuilder.data(answer(new byte[0]));
        return CompletableFuture.completedFuture(null);
    }

    /** The server proves that it knows the password, too. */
    private CompletableFuture<Boolean> verify(java.util.Optional<ByteBuffer> proof) {
        answer(proof.orElseThrow());
        return CompletableFuture.completedFuture(sasl.isComplete());
    }

    @Override
    public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig clientConfig, Mqtt5ConnAck connAck) {
        return verify(connAck.getEnhancedAuth().orElseThrow().getData());
    }

    @Override
    public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig clientConfig, Mqtt5Auth auth) {
        return verify(auth.getData());
    }

    @Override
    public void onAuthRejected(Mqtt5ClientConfig clientConfig, Mqtt5ConnAck connAck) {
        // The caller gets the CONNACK.
    }

    @Override
    public void onReAuthRejected(Mqtt5ClientConfig clientConfig, Mqtt5Disconnect disconnect) {
        // The caller gets the DISCONNECT.
    }

    @Override
    public void onAuthError(Mqtt5ClientConfig clientConfig, Throwable cause) {
        // The caller gets it.
    }

    @Override
    public void onReAuthError(Mqtt5ClientConfig clientConfig, Throwable cause) {
        // The caller gets it.
    }
}
