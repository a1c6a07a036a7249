package io.sluice.mqtt.auth.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.auth.shared.StrictJson;
import io.sluice.mqtt.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What the other server is told: {@code clientId}, {@code username}, {@code password}, {@code listener}, {@code address},
 * and with a client certificate {@code certificateSubject}. A password that is not text is {@code passwordBase64} instead.
 */
final class WebhookRequest {

    private WebhookRequest() {}

    static byte[] json(Credentials credentials) {
        ObjectNode request = StrictJson.newObject();
        request.put("clientId", credentials.clientId().value());
        request.put("username", credentials.userName());
        putPassword(request, credentials.password());
        request.put("listener", credentials.peer().listener());
        request.put("address", address(credentials.peer()));
        String subject = subject(credentials.peer());
        if (subject != null) {
            request.put("certificateSubject", subject);
        }
        return StrictJson.bytes(request);
    }

    private static void putPassword(ObjectNode request, @Nullable Payload password) {
        if (password == null) {
            request.putNull("password");
            return;
        }
        try {
            request.put(
                    "password",
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(password.bytes())).toString());
        } catch (CharacterCodingException notText) {
            request.put("passwordBase64", Base64.getEncoder().encodeToString(password.bytes()));
        }
    }

    /** As it is in the network; never looked up by name. */
    static String address(Peer peer) {
        return peer.address().getAddress() == null
                ? peer.address().getHostString()
                : peer.address().getAddress().getHostAddress();
    }

    /** As RFC 2253 prints it. */
    static @Nullable String subject(Peer peer) {
        return peer.certificates().isEmpty()
                ? null
                : peer.certificates().get(0).getSubjectX500Principal().getName();
    }
}
