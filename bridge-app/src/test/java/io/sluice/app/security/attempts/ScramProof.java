package io.sluice.app.security.attempts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;

/** The client's side of one SCRAM-SHA-256, computed by Kafka's client. */
final class ScramProof {

    private final ScramSaslClient sasl;

    ScramProof(String user, String password) throws Exception {
        sasl = new ScramSaslClient(ScramMechanism.SCRAM_SHA_256, callbacks -> {
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
    }

    String first() throws SaslException {
        return new String(sasl.evaluateChallenge(new byte[0]), UTF_8);
    }

    String last(String question) throws SaslException {
        return new String(sasl.evaluateChallenge(question.getBytes(UTF_8)), UTF_8);
    }
}
