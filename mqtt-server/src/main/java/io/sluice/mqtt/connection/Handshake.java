package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.session.Sessions;
import io.sluice.mqtt.session.Will;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From CONNECT to its answer (MQTT 5, sections 3.1.4 and 3.2): checks, authenticates, claims the session. Confined to
 * its connection's loop.
 */
final class Handshake {

    /** Told how it ended, on the loop, once. */
    interface Result {
        void onAccepted(Handshake handshake, Claim claim);

        void onRefused(ReasonCode reasonCode, String detail);
    }

    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    private final Packet.Connect connect;
    private final ConnectionContext context;
    private final Loop loop;
    private final SessionStore.Owner owner;
    private final Result result;
    private final ClientId clientId;
    private final boolean assigned;

    Handshake(Packet.Connect connect, ConnectionContext context, Loop loop, SessionStore.Owner owner, Result result) {
        this.connect = connect;
        this.context = context;
        this.loop = loop;
        this.owner = owner;
        this.result = result;
        this.assigned = connect.clientId().isEmpty();
        this.clientId = new ClientId(assigned ? context.clientIds().get() : connect.clientId());
    }

    void start() {
        if (context.connections().isDraining()) {
            result.onRefused(ReasonCode.SERVER_SHUTTING_DOWN, "the server is shutting down");
            return;
        }
        if (assigned && !mayAssign()) {
            // [MQTT-3.1.3-8] of 3.1.1; 3.1 knows no empty ids.
            result.onRefused(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "client id: empty (expected: one)");
            return;
        }
        if (connect.properties().authenticationMethod() != null) {
            result.onRefused(
                    ReasonCode.BAD_AUTHENTICATION_METHOD, "enhanced authentication is not supported (expected: none)");
            return;
        }
        Packet.Will will = connect.will();
        if (will != null && will.message().retain() && !context.settings().retainAvailable()) {
            result.onRefused(ReasonCode.RETAIN_NOT_SUPPORTED, "will: retained messages are switched off");
            return;
        }
        authenticate();
    }

    private boolean mayAssign() {
        return switch (connect.version()) {
            case MQTT_3_1 -> false;
            case MQTT_3_1_1 -> connect.cleanStart();
            case MQTT_5 -> true;
        };
    }

    private void authenticate() {
        context.authenticator()
                .authenticate(new Credentials(clientId, connect.userName(), connect.password()))
                .subscribe(outcome -> onLoop(() -> onAuthenticated(outcome)), error -> onLoop(() -> onError(error)));
    }

    private void onAuthenticated(AuthOutcome outcome) {
        if (outcome instanceof AuthOutcome.Denied denied) {
            result.onRefused(denied.reasonCode(), "authentication failed");
            return;
        }
        // Not cancelled when the connection goes: a claim that is granted must be released by somebody.
        context.sessions()
                .claim(clientId, owner)
                .subscribe(
                        claim -> onLoop(() -> result.onAccepted(this, claim)), error -> onLoop(() -> onError(error)));
    }

    private void onError(Throwable error) {
        log.atError().addKeyValue("clientId", clientId).setCause(error).log("CONNECT failed");
        result.onRefused(ReasonCode.SERVER_UNAVAILABLE, "the server could not open the session");
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    Packet.Connect connect() {
        return connect;
    }

    ClientId clientId() {
        return clientId;
    }

    ProtocolVersion version() {
        return connect.version();
    }

    /** How long the session outlives the connection, as granted, in seconds. */
    long sessionExpirySeconds() {
        long asked = connect.properties().sessionExpirySeconds();
        if (!version().isMqtt5()) {
            // Clean Session 0: for as long as the server keeps any (section 3.1.2.4 of 3.1.1).
            asked = connect.cleanStart() ? 0 : Sessions.NEVER_EXPIRES;
        }
        return context.sessions().grantedExpirySeconds(asked);
    }

    /** The keep-alive that holds, in seconds: the client's, or the server's for an MQTT 5 client that wants more. */
    int keepAliveSeconds() {
        int max = context.settings().keepAliveSecondsMax();
        int asked = connect.keepAliveSeconds();
        boolean tooLong = max > 0 && (asked == 0 || asked > max);
        return version().isMqtt5() && tooLong ? max : asked;
    }

    @Nullable
    Will will() {
        Packet.Will will = connect.will();
        if (will == null) {
            return null;
        }
        Message message = will.message();
        Message published = new Message(
                message.topicName(),
                message.qos(),
                message.retain(),
                message.payload(),
                message.properties(),
                clientId);
        return new Will(published, will.expirySeconds(), will.delaySeconds());
    }

    Packet.ConnAck accepted(boolean sessionPresent) {
        ConnectionSettings settings = context.settings();
        long granted = sessionExpirySeconds();
        Packet.ConnAckProperties properties = new Packet.ConnAckProperties(
                granted == connect.properties().sessionExpirySeconds() ? null : granted,
                settings.receiveMaximum(),
                null,
                settings.retainAvailable(),
                settings.maxPacketSize(),
                assigned ? clientId.value() : null,
                settings.topicAliasMaximum(),
                settings.wildcardAvailable(),
                true,
                false,
                keepAliveSeconds() == connect.keepAliveSeconds() ? null : keepAliveSeconds(),
                null);
        return new Packet.ConnAck(sessionPresent, ReasonCode.SUCCESS, version().isMqtt5() ? properties : null);
    }

    /** A refusal, in the client's own version. */
    static Packet.ConnAck refused(ProtocolVersion version, ReasonCode reasonCode, String detail) {
        Packet.ConnAckProperties properties = new Packet.ConnAckProperties(
                null, null, (Qos) null, true, null, null, null, true, true, true, null, detail);
        return new Packet.ConnAck(false, reasonCode, version.isMqtt5() ? properties : null);
    }
}
