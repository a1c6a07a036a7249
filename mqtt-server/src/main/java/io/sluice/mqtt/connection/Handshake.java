package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Payload;
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

        /** The client has to answer this first. */
        void onQuestion(Packet.Auth question);

        /** It has proved who it is: what follows is the server's time. */
        void onAuthenticated();

        void onRefused(ReasonCode reasonCode, String detail);
    }

    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    private final Packet.Connect connect;
    private final ConnectionContext context;
    private final Loop loop;
    private final SessionStore.Owner owner;
    private final Result result;
    private final Peer peer;
    private final ClientId clientId;
    private final boolean assigned;
    private final Authentication authentication;
    private @Nullable Access access;
    private @Nullable Payload authenticationData;
    private int recheck;

    Handshake(
            Packet.Connect connect,
            Peer peer,
            ConnectionContext context,
            Loop loop,
            SessionStore.Owner owner,
            Result result) {
        this.connect = connect;
        this.peer = peer;
        this.context = context;
        this.loop = loop;
        this.owner = owner;
        this.result = result;
        this.assigned = connect.clientId().isEmpty();
        this.clientId = new ClientId(assigned ? context.clientIds().get() : connect.clientId());
        this.authentication = new Authentication(
                context.authenticator(),
                loop,
                credentials(),
                connect.properties().authenticationMethod(),
                new AuthenticationResult());
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
        Packet.Will will = connect.will();
        if (will != null && will.message().retain() && !context.settings().retainAvailable()) {
            result.onRefused(ReasonCode.RETAIN_NOT_SUPPORTED, "will: retained messages are switched off");
            return;
        }
        Qos maximumQos = context.settings().capabilities().maximumQos();
        if (will != null && will.message().qos().level() > maximumQos.level()) {
            // [MQTT-3.2.2-12]
            result.onRefused(
                    ReasonCode.QOS_NOT_SUPPORTED, "will: QoS above " + maximumQos.level() + " is switched off");
            return;
        }
        if (Sessions.isReserved(clientId)) {
            result.onRefused(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "client id: begins with $share/, which is reserved");
            return;
        }
        if (will != null
                && Publishing.levels(will.message().topicName().value())
                        > context.settings().topicLevelsMax()) {
            result.onRefused(
                    ReasonCode.TOPIC_NAME_INVALID,
                    "will: more than " + context.settings().topicLevelsMax() + " levels (limits.topic-levels)");
            return;
        }
        authentication.start(connect.properties().authenticationData());
    }

    private Credentials credentials() {
        return new Credentials(clientId, connect.userName(), connect.password(), peer);
    }

    /** The same for another proof of the same client, on its open connection (section 4.12.1). */
    Authentication reauthentication(Authentication.Result result) {
        return new Authentication(
                context.authenticator(),
                loop,
                credentials(),
                connect.properties().authenticationMethod(),
                result);
    }

    private final class AuthenticationResult implements Authentication.Result {

        @Override
        public void onAccepted(Principal principal, @Nullable Payload data) {
            context.meters().authenticated(null);
            onAuthenticated(principal, data);
        }

        @Override
        public void onQuestion(Packet.Auth question) {
            result.onQuestion(question);
        }

        @Override
        public void onDenied(ReasonCode reasonCode, String detail) {
            context.meters().authenticated(reasonCode);
            result.onRefused(reasonCode, detail);
        }
    }

    private boolean mayAssign() {
        return switch (connect.version()) {
            case MQTT_3_1 -> false;
            case MQTT_3_1_1 -> connect.cleanStart();
            case MQTT_5 -> true;
        };
    }

    /**
     * The client's answer to a question.
     *
     * @throws ProtocolError when there was none
     */
    void onAuth(Packet.Auth auth) {
        authentication.onAuth(auth);
    }

    private void onAuthenticated(Principal principal, @Nullable Payload data) {
        authenticationData = data;
        result.onAuthenticated();
        recheck = context.connections().recheckCount();
        Access granted = new Access(context.authorizer(), context.accessMeters(), Client.of(clientId, principal, peer));
        access = granted;
        Packet.Will will = connect.will();
        boolean isOpen = will == null
                || context.settings()
                        .capabilities()
                        .isOpenToPublish(will.message().topicName());
        if (will != null && (!isOpen || !granted.mayLeave(will.message()))) {
            result.onRefused(ReasonCode.NOT_AUTHORIZED, "will: not allowed");
            return;
        }
        // Not cancelled when the connection goes: a claim that is granted must be released by somebody.
        boolean isForConnection = connect.cleanStart() && sessionExpirySeconds() == 0 && connect.will() == null;
        (isForConnection
                        ? context.sessions().claimForConnection(clientId, owner)
                        : context.sessions().claim(clientId, owner))
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

    /** Whether the rules, or who is welcome, have changed since the client was let in. */
    boolean isOutdated() {
        return recheck != context.connections().recheckCount();
    }

    /** What the client may do; of an accepted handshake. */
    Access access() {
        Access granted = access;
        if (granted == null) {
            throw new IllegalStateException("handshake: not authenticated");
        }
        return granted;
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
        return new Will(published, will.expirySeconds(), will.delaySeconds(), access().willOwner());
    }

    Packet.ConnAck accepted(boolean sessionPresent) {
        ConnectionSettings settings = context.settings();
        long granted = sessionExpirySeconds();
        Packet.ConnAckProperties properties = new Packet.ConnAckProperties(
                granted == connect.properties().sessionExpirySeconds() ? null : granted,
                settings.receiveMaximum(),
                settings.capabilities().maximumQos(),
                settings.retainAvailable(),
                settings.maxPacketSize(),
                assigned ? clientId.value() : null,
                settings.topicAliasMaximum(),
                settings.wildcardAvailable(),
                settings.capabilities().identifiersAvailable(),
                settings.capabilities().sharedAvailable(),
                keepAliveSeconds() == connect.keepAliveSeconds() ? null : keepAliveSeconds(),
                null,
                connect.properties().requestResponseInformation()
                        ? settings.capabilities().responseInformation()
                        : null,
                connect.properties().authenticationMethod(),
                authenticationData);
        return new Packet.ConnAck(sessionPresent, ReasonCode.SUCCESS, version().isMqtt5() ? properties : null);
    }

    /** A refusal, in the client's own version. */
    static Packet.ConnAck refused(ProtocolVersion version, ReasonCode reasonCode, String detail) {
        Packet.ConnAckProperties properties = new Packet.ConnAckProperties(
                null, null, (Qos) null, true, null, null, null, true, true, true, null, detail, null, null, null);
        return new Packet.ConnAck(false, reasonCode, version.isMqtt5() ? properties : null);
    }
}
