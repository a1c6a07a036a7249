package io.sluice.mqtt.auth.scram;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.shared.Hmac;
import io.sluice.mqtt.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One run of SCRAM-SHA-256: two messages from the client, one question and one proof from us. One step at a time; each is
 * computed on the pool's threads.
 */
final class ScramExchange implements EnhancedExchange {

    private enum Stage {
        FIRST,
        FINAL,
        OVER
    }

    private final ScramMechanism mechanism;
    private final Credentials credentials;
    private volatile Stage stage = Stage.FIRST;
    private volatile @Nullable Asked asked;

    /** What was said in the first step. */
    private record Asked(
            ClientFirst first,
            String nonce,
            String serverFirst,
            ScramUsers.@Nullable User user,
            ScramCredential credential) {}

    ScramExchange(ScramMechanism mechanism, Credentials credentials) {
        this.mechanism = mechanism;
        this.credentials = credentials;
    }

    @Override
    public Mono<AuthOutcome> step(@Nullable Payload data) {
        return mechanism.pool.compute(
                () -> answer(data),
                () -> over(mechanism.failures.deny(ScramFailure.BUSY, "no thread was free to check the proof")));
    }

    private AuthOutcome over(AuthOutcome outcome) {
        stage = Stage.OVER;
        return outcome;
    }

    private AuthOutcome answer(@Nullable Payload data) {
        try {
            String message = text(data);
            return switch (stage) {
                case FIRST -> first(ClientFirst.parse(message));
                case FINAL -> over(last(message));
                case OVER -> throw ClientFirst.malformed("a message after the exchange was over");
            };
        } catch (ScramError error) {
            return over(mechanism.failures.deny(error.failure(), error.found()));
        }
    }

    private static String text(@Nullable Payload data) throws ScramError {
        if (data == null || data.isEmpty()) {
            throw ClientFirst.malformed("no Authentication Data");
        }
        if (data.size() > ScramMechanism.MESSAGE_BYTES_MAX) {
            throw ClientFirst.malformed(
                    data.size() + " bytes (expected: at most " + ScramMechanism.MESSAGE_BYTES_MAX + ")");
        }
        try {
            String text =
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(data.bytes())).toString();
            if (text.indexOf('\0') >= 0) {
                throw ClientFirst.malformed("a NUL");
            }
            return text;
        } catch (CharacterCodingException notUtf8) {
            throw ClientFirst.malformed("bytes that are not UTF-8");
        }
    }

    private AuthOutcome first(ClientFirst first) throws ScramError {
        checkNames(first);
        checkBackoff(first.userName());
        ScramUsers.User user = mechanism.users.find(first.userName());
        // For a user that is not there the same is computed, so that neither the answer nor its time tells.
        ScramCredential decoy = mechanism.decoy(first.userName());
        ScramCredential credential = user == null ? decoy : user.credential();
        String nonce = first.nonce() + mechanism.nonce();
        String serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(credential.salt()) + ",i="
                + credential.iterations();
        asked = new Asked(first, nonce, serverFirst, user, credential);
        stage = Stage.FINAL;
        return new AuthOutcome.Continue(Payload.of(serverFirst));
    }

    /** Nobody acts as somebody else, and CONNECT's own User Name must not say something else either. */
    private void checkNames(ClientFirst first) throws ScramError {
        String authorizationId = first.authorizationId();
        if (authorizationId != null && !ClientFirst.decode(authorizationId).equals(first.userName())) {
            throw new ScramError(ScramFailure.USER_NAME, "an authorization identity that is not the user");
        }
        String userName = credentials.userName();
        if (userName != null && !userName.isEmpty() && !userName.equals(first.userName())) {
            throw new ScramError(ScramFailure.USER_NAME, "a User Name in CONNECT that is not the user");
        }
    }

    private void checkBackoff(String userName) throws ScramError {
        Duration remaining = mechanism.backoff.remaining(credentials.peer(), userName);
        if (!remaining.isZero()) {
            throw new ScramError(
                    ScramFailure.BACK_OFF, "too many failures; is looked at again in " + remaining.toMillis() + " ms");
        }
    }

    private AuthOutcome last(String message) throws ScramError {
        Asked question = asked;
        if (question == null) {
            throw new IllegalStateException("a final message before the first");
        }
        checkBackoff(question.first.userName());
        int proofAt = message.lastIndexOf(",p=");
        if (proofAt < 0) {
            throw ClientFirst.malformed("no proof");
        }
        String withoutProof = message.substring(0, proofAt);
        String[] attributes = withoutProof.split(",", -1);
        byte[] header = base64(ClientFirst.value(attributes, 0, "c="));
        if (!MessageDigest.isEqual(header, question.first.gs2Header().getBytes(UTF_8))) {
            throw new ScramError(ScramFailure.CHANNEL_BINDING, "another header than in the first message");
        }
        String nonce = ClientFirst.value(attributes, 1, "r=");
        if (!MessageDigest.isEqual(nonce.getBytes(UTF_8), question.nonce.getBytes(UTF_8))) {
            throw new ScramError(ScramFailure.WRONG_NONCE, "another nonce than ours");
        }
        byte[] proof = base64(message.substring(proofAt + ",p=".length()));
        if (proof.length != ScramCredential.KEY_BYTES) {
            throw ClientFirst.malformed("a proof of " + proof.length + " bytes");
        }
        String signed = question.first.bare() + "," + question.serverFirst + "," + withoutProof;
        return judge(question, proof, signed.getBytes(UTF_8));
    }

    private static byte[] base64(String text) throws ScramError {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            // Java's decoder takes it without its padding as well; there is one way only to write a proof.
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below.
        }
        throw ClientFirst.malformed("what is not Base64");
    }

    private AuthOutcome judge(Asked question, byte[] proof, byte[] signed) throws ScramError {
        String userName = question.first.userName();
        ScramCredential credential = question.credential;
        byte[] clientKey = Hmac.sha256(credential.storedKey()).of(signed);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= proof[i];
        }
        boolean proved = MessageDigest.isEqual(ScramCredential.sha256(clientKey), credential.storedKey());
        byte[] serverSignature = Hmac.sha256(credential.serverKey()).of(signed);
        ScramUsers.User user = question.user;
        if (user == null || !proved) {
            mechanism.backoff.failed(credentials.peer(), userName);
            throw user == null
                    ? new ScramError(ScramFailure.UNKNOWN_USER, "no such user has a SCRAM credential")
                    : new ScramError(ScramFailure.WRONG_PROOF, "the proof is not by the user's password");
        }
        ScramUsers.User now = mechanism.users.find(userName);
        if (now == null || !now.principal().equals(user.principal())) {
            throw new ScramError(ScramFailure.UNKNOWN_USER, "the user was changed while it authenticated");
        }
        mechanism.backoff.succeeded(credentials.peer(), userName);
        String serverFinal = "v=" + Base64.getEncoder().encodeToString(serverSignature);
        return new AuthOutcome.Accepted(user.principal(), Payload.of(serverFinal));
    }
}
