package io.sluice.mqtt.connection;

import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.PacketDecoder;
import io.sluice.mqtt.codec.PacketEncoder;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.session.Ending;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.SessionRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One network connection, from its first byte to its last. Confined to its loop, but for {@link #drain} and
 * {@link #onSuperseded}.
 *
 * <pre>
 *   AWAITING_CONNECT ──CONNECT──▶ HANDSHAKE ──CONNACK 0──▶ CONNECTED ──▶ CLOSED
 *         │ time-out, other packet     │ refused, held too long  DISCONNECT, error, silence, taken over, lost
 *         └────────────────────────────┴────────────────────────────────────────────────────────▶ CLOSED
 * </pre>
 */
final class Connection implements SessionStore.Owner, Turns.Waiter {

    private enum State {
        AWAITING_CONNECT,
        /** CONNECT is being answered: what comes meanwhile waits. */
        HANDSHAKE,
        CONNECTED,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final String SHUTTING_DOWN = "the server is shutting down";

    private final Channel channel;
    private final Loop loop;
    private final PacketDecoder decoder;
    private final PacketEncoder encoder;
    private final ConnectionContext context;
    private final ConnectionMeters meters;
    private final ReadGate readGate;
    private final Turns.Turn turn;
    /** CONNACK was more than the client takes. */
    private boolean isUnanswered;

    private State state = State.AWAITING_CONNECT;
    /** Closed, for other threads. */
    private volatile boolean gone;

    /** Until CONNECT is here: the client's time. From there to CONNACK: ours. */
    private Loop.@Nullable Timer handshakeTimer;

    private long activeNanos;
    /** For which it is counted; null when it is for none. */
    private @Nullable InetAddress address;

    private @Nullable Handshake handshake;
    private boolean questioned;
    private @Nullable Session establishing;
    private @Nullable Connected connected;
    private @Nullable ProtocolVersion version;

    /**
     * @param channel with the packet codec in its pipeline
     * @param turns of its loop
     */
    Connection(Channel channel, Loop loop, Turns turns, ConnectionContext context) {
        this.channel = channel;
        this.loop = loop;
        this.decoder = channel.pipeline().get(PacketDecoder.class);
        this.encoder = channel.pipeline().get(PacketEncoder.class);
        this.context = context;
        this.meters = context.meters();
        this.readGate = new ReadGate(channel, meters);
        this.turn = turns.of(this);
        decoder.share(turn);
    }

    // ---- Netty's callbacks ----------------------------------------------------------------------------------------

    void onActive() {
        if (!context.connections().admit(this, context.listener())) {
            reject(RejectReason.LIMIT, "too many connections");
            close();
            return;
        }
        if (PeerAddress.isKnown(channel) && !enterAddress()) {
            return;
        }
        handshakeTimer = loop.schedule(context.settings().connectTimeout(), this::onConnectTimeout);
        activeNanos = loop.nanoTime();
        readGate.open();
    }

    /** A proxy has said whom it stands for. */
    void onAddressKnown() {
        if (state == State.AWAITING_CONNECT && address == null) {
            enterAddress();
        }
    }

    /** Whether there are not too many from the same address already; if there are, the connection is closed. */
    private boolean enterAddress() {
        if (PeerAddress.isOwnMachine(channel)) {
            return true;
        }
        InetAddress from = peer().getAddress();
        if (context.connections().enter(from, context.listener())) {
            address = from;
            return true;
        }
        meters.rejected(RejectReason.ADDRESS_LIMIT);
        close();
        return false;
    }

    /** The client's address, or the socket's before a proxy has said it. */
    InetSocketAddress peer() {
        return PeerAddress.of(channel);
    }

    void onPacket(Packet packet) {
        try {
            switch (state) {
                case AWAITING_CONNECT -> onFirst(packet);
                case HANDSHAKE -> onEarly(packet);
                case CONNECTED -> connected().onPacket(packet);
                case CLOSED -> {
                    // After DISCONNECT, or after an error: nothing more is processed [MQTT-3.14.4-2].
                }
            }
        } catch (ProtocolError error) {
            onProtocolError(error.reasonCode(), String.valueOf(error.getMessage()));
        } catch (RuntimeException | AssertionError bug) {
            onBug(bug);
        }
    }

    void onMalformed(MalformedPacket malformed) {
        if (state == State.AWAITING_CONNECT) {
            ProtocolVersion answerIn = malformed.connectVersion();
            if (answerIn == null || !isAnswered(answerIn, malformed.reasonCode())) {
                reject(RejectReason.MALFORMED, malformed.detail());
                close();
            } else {
                version = answerIn;
                encoder.version(answerIn);
                refuse(malformed.reasonCode(), malformed.detail());
            }
        } else if (state != State.CLOSED) {
            onProtocolError(malformed.reasonCode(), malformed.detail());
        }
    }

    /** MQTT 3 has an answer to two mistakes only; whatever else is wrong is closed without one (3.1.1: [MQTT-3.1.4-1]). */
    private static boolean isAnswered(ProtocolVersion version, ReasonCode reasonCode) {
        return version.isMqtt5()
                || reasonCode == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION
                || reasonCode == ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
    }

    void onReadComplete() {
        if (connected != null && state == State.CONNECTED) {
            connected.onReadComplete(decoder.isWithinPacket(), decoder.packets());
        }
    }

    @Override
    public void onTurnOver() {
        hold(ReadGate.Reason.TURN, true);
    }

    @Override
    public void onTurn() {
        if (decoder.resume()) {
            hold(ReadGate.Reason.TURN, false);
        }
    }

    void onWritabilityChanged() {
        hold(ReadGate.Reason.OUTBOUND, !channel.isWritable());
        if (connected != null && state == State.CONNECTED && channel.isWritable()) {
            connected.session().onWritable();
        }
    }

    void onInactive() {
        end(DisconnectCause.LOST);
        if (address != null) {
            context.connections().leave(address);
            address = null;
        }
        context.connections().remove(this, context.listener());
    }

    void onTlsFailed(Throwable cause) {
        if (state == State.AWAITING_CONNECT) {
            reject(RejectReason.TLS, String.valueOf(cause.getMessage()));
            close();
        }
    }

    void onException(Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof HAProxyProtocolException) {
            if (state == State.AWAITING_CONNECT) {
                reject(RejectReason.PROXY_PROTOCOL, String.valueOf(cause.getMessage()));
            }
            close();
        } else if (cause instanceof IOException) {
            // Reset by the peer, or an alert of TLS: channelInactive follows.
            channel.close();
        } else {
            onBug(cause);
        }
    }

    // ---- the handshake --------------------------------------------------------------------------------------------

    private void onFirst(Packet packet) {
        if (!(packet instanceof Packet.Connect connect)) {
            // [MQTT-3.1.0-1]: nothing is sent.
            reject(RejectReason.MALFORMED, "first packet: " + packet.getClass().getSimpleName());
            close();
            return;
        }
        state = State.HANDSHAKE;
        version = connect.version();
        encoder.version(connect.version());
        encoder.bound(connect.properties().maximumPacketSize(), this::onTooLarge);
        hold(ReadGate.Reason.HANDSHAKE, true);
        startAnswerTimer();
        Peer peer = PeerAddress.peer(channel, context.listener());
        if (connect.properties().authenticationMethod() == null) {
            // What a client sends behind CONNECT before it knows that it is accepted (section 3.1.4).
            decoder.pause();
        }
        Handshake begun = new Handshake(connect, peer, context, loop, this, new HandshakeResult());
        handshake = begun;
        begun.start();
    }

    /** The client waits for an answer that it does not take; without CONNACK nothing may follow. */
    private void onTooLarge(Packet packet) {
        isUnanswered |= packet instanceof Packet.ConnAck;
        loop.execute(() -> {
            if (state == State.CLOSED) {
                return;
            }
            if (packet instanceof Packet.ConnAck) {
                // No DISCONNECT before CONNACK [MQTT-3.14.0-1].
                close();
            } else {
                disconnect(
                        ReasonCode.PACKET_TOO_LARGE,
                        DisconnectCause.PACKET_TOO_LARGE,
                        packet.getClass().getSimpleName() + " is larger than the client's Maximum Packet Size");
            }
        });
    }

    private void startAnswerTimer() {
        stopHandshakeTimer();
        Duration holdTimeout = context.settings().holdTimeout();
        if (!holdTimeout.isZero()) {
            handshakeTimer = loop.schedule(holdTimeout, this::onAnswerTimeout);
        }
    }

    /** Behind CONNECT: the steps of an enhanced authentication. Where there is none the decoder waits for CONNACK. */
    private void onEarly(Packet packet) {
        Handshake current = handshake;
        if (current == null || current.connect().properties().authenticationMethod() == null) {
            log.atTrace()
                    .log("The connection has ended before its CONNACK: what was sent behind CONNECT is not processed");
        } else if (packet instanceof Packet.Auth auth) {
            hold(ReadGate.Reason.HANDSHAKE, true);
            current.onAuth(auth);
        } else if (packet instanceof Packet.Disconnect) {
            close();
        } else {
            // [MQTT-3.1.2-30]
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    packet.getClass().getSimpleName() + " before CONNACK (expected: AUTH or DISCONNECT)");
        }
    }

    private final class HandshakeResult implements Handshake.Result {

        @Override
        public void onQuestion(Packet.Auth question) {
            if (state == State.HANDSHAKE) {
                // The client's time again, but no more of it for many steps than for one.
                if (!questioned) {
                    questioned = true;
                    stopHandshakeTimer();
                    handshakeTimer =
                            loop.schedule(context.settings().connectTimeout(), Connection.this::onQuestionTimeout);
                }
                channel.writeAndFlush(question);
                hold(ReadGate.Reason.HANDSHAKE, false);
            }
        }

        @Override
        public void onAuthenticated() {
            if (state == State.HANDSHAKE && questioned) {
                startAnswerTimer();
            }
        }

        @Override
        public void onAccepted(Handshake handshake, Claim claim) {
            if (state != State.HANDSHAKE) {
                // Gone, or overtaken by a newer connection: the next in turn finds what was there.
                claim.release(claim.state());
                return;
            }
            accept(handshake, claim);
        }

        @Override
        public void onRefused(ReasonCode reasonCode, String detail) {
            if (state == State.HANDSHAKE) {
                refuse(reasonCode, detail);
            }
        }
    }

    private void accept(Handshake handshake, Claim claim) {
        stopHandshakeTimer();
        Packet.ConnectProperties asked = handshake.connect().properties();
        TopicAliases aliases = new TopicAliases(
                context.settings().topicAliasMaximum(),
                Math.min(asked.topicAliasMaximum(), context.settings().topicAliasMaximum()));
        ChannelOutbound outbound =
                new ChannelOutbound(channel, handshake.version(), asked.maximumPacketSize(), aliases, this::onBug);
        Session session = context.sessions()
                .open(
                        new SessionRequest(
                                handshake.clientId(),
                                loop,
                                outbound,
                                handshake.connect().cleanStart(),
                                handshake.sessionExpirySeconds(),
                                asked.receiveMaximum(),
                                handshake.will(),
                                handshake.access().permissions()),
                        claim);
        establishing = session;
        session.establish(() -> onEstablished(handshake, session, aliases));
    }

    /** The session is as durable as it must be: CONNACK may say so. */
    private void onEstablished(Handshake handshake, Session session, TopicAliases aliases) {
        Failpoint.CON_2.hit();
        establishing = null;
        state = State.CONNECTED;
        decoder.onAuthenticated();
        this.handshake = null;
        Connected accepted = new Connected(this, handshake, session, aliases);
        connected = accepted;
        meters.opened(handshake.version());
        meters.connected(loop.nanoTime() - activeNanos);
        channel.write(handshake.accepted(session.isPresent()));
        if (isUnanswered || isClosed()) {
            return;
        }
        accepted.start();
        channel.flush();
        hold(ReadGate.Reason.HANDSHAKE, false);
        if (handshake.isOutdated()) {
            accepted.recheck();
        }
        if (decoder.hasMore()) {
            turn.await();
        } else {
            decoder.resume();
        }
    }

    private void refuse(ReasonCode reasonCode, String detail) {
        reject(RejectReason.of(reasonCode), detail);
        ProtocolVersion answerIn = version == null ? ProtocolVersion.MQTT_3_1_1 : version;
        end(DisconnectCause.LOST);
        Goodbye.say(channel, loop, Handshake.refused(answerIn, reasonCode, detail));
    }

    private void reject(RejectReason reason, String detail) {
        meters.rejected(reason);
        context.offences().rejected(reason, PeerAddress.of(channel), loop.nanoTime());
        log.atDebug()
                .addKeyValue("connection", channel.id())
                .addKeyValue("reason", reason.id())
                .addKeyValue("detail", detail)
                .log("CONNECT refused");
    }

    private void onConnectTimeout() {
        if (state == State.AWAITING_CONNECT) {
            reject(RejectReason.CONNECT_TIMEOUT, "no CONNECT in time");
            close();
        }
    }

    /** It is not the client that is late: the log has not let us answer for as long as anybody is held. */
    private void onAnswerTimeout() {
        if (state == State.HANDSHAKE) {
            refuse(ReasonCode.SERVER_UNAVAILABLE, "the log has not taken the session in time");
        }
    }

    private void onQuestionTimeout() {
        if (state == State.HANDSHAKE) {
            refuse(ReasonCode.NOT_AUTHORIZED, "authentication not finished in time");
        }
    }

    private void stopHandshakeTimer() {
        if (handshakeTimer != null) {
            handshakeTimer.cancel();
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Any thread: another connection took the client id over [MQTT-3.1.4-3]. */
    @Override
    public void onSuperseded() {
        loop.execute(() -> {
            if (state == State.CONNECTED) {
                // What it had sent before counts, and be it a goodbye.
                decoder.finish();
            }
            if (state == State.CONNECTED) {
                disconnect(ReasonCode.SESSION_TAKEN_OVER, DisconnectCause.TAKEN_OVER, "taken over");
            } else if (state != State.CLOSED) {
                // Still waiting for its turn: the newer connection has it.
                close();
            }
        });
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    /** Any thread: the limits have changed. */
    void onLimitsChanged() {
        loop.execute(() -> {
            if (state == State.CONNECTED) {
                connected().onLimitsChanged();
            }
        });
    }

    /** Any thread: the rules, or who is welcome, have changed. */
    void recheck() {
        loop.execute(() -> {
            if (state == State.CONNECTED) {
                connected().recheck();
            }
        });
    }

    /**
     * Any thread: the server goes. One that is not connected yet is told so in its CONNACK, if it has sent a CONNECT.
     *
     * @param reasonCode where to, for an MQTT 5 client
     */
    void drain(ReasonCode reasonCode) {
        loop.execute(() -> {
            switch (state) {
                case AWAITING_CONNECT -> close();
                case HANDSHAKE -> refuse(reasonCode, SHUTTING_DOWN);
                case CONNECTED -> {
                    decoder.finish();
                    if (state == State.CONNECTED) {
                        disconnect(reasonCode, DisconnectCause.DRAIN, SHUTTING_DOWN);
                    }
                }
                case CLOSED -> {
                    // It goes by itself.
                }
            }
        });
    }

    void onProtocolError(ReasonCode reasonCode, String detail) {
        log.atDebug()
                .addKeyValue("connection", channel.id())
                .addKeyValue("reasonCode", reasonCode)
                .addKeyValue("detail", detail)
                .log("Protocol error");
        DisconnectCause cause =
                switch (reasonCode) {
                    case PACKET_TOO_LARGE -> DisconnectCause.PACKET_TOO_LARGE;
                    case RECEIVE_MAXIMUM_EXCEEDED -> DisconnectCause.RECEIVE_MAXIMUM;
                    case QUOTA_EXCEEDED -> DisconnectCause.LIMIT;
                    case NOT_AUTHORIZED -> DisconnectCause.NOT_AUTHORIZED;
                    default -> DisconnectCause.PROTOCOL_ERROR;
                };
        disconnect(reasonCode, cause, detail);
    }

    private void onBug(Throwable bug) {
        log.atError().addKeyValue("connection", channel.id()).setCause(bug).log("Connection failed");
        disconnect(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, DisconnectCause.INTERNAL, "internal error");
    }

    /** Ends the connection from our side: an MQTT 5 client is told why, an MQTT 3 client cannot be. */
    void disconnect(ReasonCode reasonCode, DisconnectCause cause, String detail) {
        boolean tell = state == State.CONNECTED && version == ProtocolVersion.MQTT_5;
        end(cause);
        if (tell) {
            Goodbye.say(channel, loop, new Packet.Disconnect(reasonCode, -1, detail));
        } else {
            Goodbye.say(channel, loop);
        }
    }

    /** The client has said goodbye. */
    void onDisconnect(DisconnectCause cause) {
        end(cause);
        channel.close();
    }

    private void end(DisconnectCause cause) {
        boolean wasConnected = state == State.CONNECTED;
        state = State.CLOSED;
        gone = true;
        decoder.stop();
        if (establishing != null) {
            // CONNACK has not gone out, so that there is no will yet.
            establishing.close(Ending.GOODBYE, Runnable::run);
            establishing = null;
        }
        stopHandshakeTimer();
        readGate.close();
        if (wasConnected) {
            Connected was = connected();
            meters.closed(was.version(), cause);
            context.offences().closed(cause, PeerAddress.of(channel), loop.nanoTime());
            was.close(cause);
            if (cause == DisconnectCause.TAKEN_OVER) {
                context.sessions().onTakenOver();
            }
            log.atDebug()
                    .addKeyValue("clientId", was.session().clientId())
                    .addKeyValue("cause", cause.id())
                    .log("Disconnected");
        }
    }

    private void close() {
        end(DisconnectCause.LOST);
        channel.close();
    }

    // ---- for the connected state ----------------------------------------------------------------------------------

    private Connected connected() {
        Connected current = connected;
        if (current == null) {
            throw new IllegalStateException("connection: no session in state " + state);
        }
        return current;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Holds the socket for a reason, or lifts the reason; keep-alive does not run while it is held. */
    void hold(ReadGate.Reason reason, boolean hold) {
        readGate.hold(reason, hold);
        if (connected != null) {
            connected.held(readGate.isHeld(), readGate.isHeldForLong());
        }
    }

    /** What the socket is held for, null while it is read. */
    ReadGate.@Nullable Reason heldFor() {
        return readGate.reason();
    }

    Channel channel() {
        return channel;
    }

    Loop loop() {
        return loop;
    }

    ConnectionContext context() {
        return context;
    }

    ConnectionMeters meters() {
        return meters;
    }
}
