package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a client is, and what it may do, for as long as it is connected: rules and users change, credentials expire, and
 * it may prove again who it is. Confined to its loop.
 */
final class Standing {

    private static final Logger log = LoggerFactory.getLogger(Standing.class);

    private final Connection connection;
    private final Handshake handshake;
    private final Access access;
    private final Session session;
    private final AnswerWriter writer;
    private final CredentialsExpiry expiry;
    private @Nullable Authentication authentication;
    private boolean reauthenticating;

    Standing(Connection connection, Handshake handshake, Session session, AnswerWriter writer) {
        this.connection = connection;
        this.handshake = handshake;
        this.access = handshake.access();
        this.session = session;
        this.writer = writer;
        this.expiry = new CredentialsExpiry(connection.loop(), this::onCredentialsExpired);
    }

    void start() {
        expiry.start(access.client().principal());
    }

    void stop() {
        expiry.stop();
    }

    /** Rules or users have changed. */
    void recheck() {
        access.renew();
        List<String> revoked = new ArrayList<>();
        for (TopicFilter filter : session.filters()) {
            if (!access.permissions().subscribe(filter).allowed()) {
                revoked.add(filter.value());
            }
        }
        if (!revoked.isEmpty()) {
            session.unsubscribe(revoked, codes -> {});
            onRevoked(revoked.size());
        }
        connection
                .context()
                .authenticator()
                .isStillValid(access.client().principal())
                .whenComplete((valid, failure) -> connection.loop().execute(() -> onWelcome(failure == null && valid)));
    }

    private void onWelcome(boolean isWelcome) {
        if (!isWelcome && !connection.isClosed()) {
            connection.disconnect(
                    ReasonCode.NOT_AUTHORIZED,
                    DisconnectCause.NOT_AUTHORIZED,
                    "the credentials are not valid any more");
        }
    }

    /** So many subscriptions were taken from it. */
    void onRevoked(int subscriptions) {
        connection.context().accessMeters().revoked(subscriptions);
        log.atInfo()
                .addKeyValue("clientId", session.clientId())
                .addKeyValue("subscriptions", subscriptions)
                .log("Subscriptions are not allowed any more");
    }

    private void onCredentialsExpired() {
        connection.disconnect(
                ReasonCode.NOT_AUTHORIZED, DisconnectCause.CREDENTIALS_EXPIRED, "the credentials have expired");
    }

    /** The client proves again who it is [MQTT-4.12.1-1]. */
    void onAuth(Packet.Auth auth) {
        if (auth.reasonCode() == ReasonCode.REAUTHENTICATE && !reauthenticating) {
            Authentication begun = handshake.reauthentication(new Reauthentication());
            begun.checkMethod(auth);
            authentication = begun;
            reauthenticating = true;
            begun.start(auth.data());
        } else if (authentication != null && reauthenticating) {
            authentication.onAuth(auth);
        } else {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH: not expected");
        }
    }

    private final class Reauthentication implements Authentication.Result {

        @Override
        public void onAccepted(Principal principal, @Nullable Payload data) {
            if (connection.isClosed()) {
                return;
            }
            reauthenticating = false;
            connection.meters().authenticated(null);
            if (!Objects.equals(
                    principal.userName(), access.client().principal().userName())) {
                // The session is the first one's.
                connection.disconnect(
                        ReasonCode.NOT_AUTHORIZED, DisconnectCause.NOT_AUTHORIZED, "AUTH: another user than CONNECT's");
                return;
            }
            access.renew(principal);
            expiry.start(principal);
            writer.write(new Packet.Auth(
                    ReasonCode.SUCCESS, handshake.connect().properties().authenticationMethod(), data));
            recheck();
        }

        @Override
        public void onQuestion(Packet.Auth question) {
            writer.write(question);
        }

        @Override
        public void onDenied(ReasonCode reasonCode, String detail) {
            if (!connection.isClosed()) {
                connection.meters().authenticated(reasonCode);
                connection.disconnect(reasonCode, DisconnectCause.NOT_AUTHORIZED, detail);
            }
        }
    }
}
