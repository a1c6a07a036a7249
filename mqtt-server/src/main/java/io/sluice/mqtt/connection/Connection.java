package io.sluice.mqtt.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.sluice.mqtt.codec.MalformedPacket;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.PacketEncoder;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.SessionRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One network connection, from its first byte to its last. Confined to its loop, but for {@link #drain} and
 * {@link #onSuperseded}.
 *
 * <pre>
 *   AWAITING_CONNECT ──CONNECT──▶ HANDSHAKE ──CONNACK 0──▶ CONNECTED ──▶ CLOSED
 *         │ time-out, other packet     │ refused                 DISCONNECT, error, silence, taken over, lost
 *         └────────────────────────────┴────────────────────────────────────────────────────────▶ CLOSED
 * </pre>
 */
final class Connection implements SessionStore.Owner {

    private enum State {
        AWAITING_CONNECT,
        /** CONNECT is being answered: what comes meanwhile waits. */
        HANDSHAKE,
        CONNECTED,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    /** How long a client may take to take its DISCONNECT before the socket is closed anyway. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Channel channel;
    private final Loop loop;
    private final PacketEncoder encoder;
    private final ConnectionContext context;
    private final ConnectionMeters meters;
    private final ReadGate readGate;
    private final Deque<Packet> early = new ArrayDeque<>();
    private State state = State.AWAITING_CONNECT;
    private Loop.@Nullable Timer connectTimer;
    private @Nullable Connected connected;
    private @Nullable ProtocolVersion version;

    Connection(Channel channel, Loop loop, PacketEncoder encoder, ConnectionContext context, ConnectionMeters meters) {
        this.channel = channel;
        this.loop = loop;
        this.encoder = encoder;
        this.context = context;
        this.meters = meters;
        this.readGate = new ReadGate(channel, meters);
    }

    // ---- Netty's callbacks ----------------------------------------------------------------------------------------

    void onActive() {
        if (!context.connections().admit(this, context.listener())) {
            meters.rejected(RejectReason.LIMIT);
            close();
            return;
        }
        connectTimer = loop.schedule(context.settings().connectTimeout(), this::onConnectTimeout);
        readGate.open();
    }

    void onPacket(Packet packet) {
        try {
            switch (state) {
                case AWAITING_CONNECT -> onFirst(packet);
                case HANDSHAKE -> early.addLast(packet);
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
            if (answerIn == null) {
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

    void onReadComplete() {
        if (connected != null && state == State.CONNECTED) {
            connected.onReadComplete();
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
        context.connections().remove(this, context.listener());
    }

    void onException(Throwable cause) {
        if (cause instanceof IOException) {
            // Reset by the peer: channelInactive follows.
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
        hold(ReadGate.Reason.HANDSHAKE, true);
        new Handshake(connect, context, loop, this, new HandshakeResult()).start();
    }

    private final class HandshakeResult implements Handshake.Result {

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
        stopConnectTimer();
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
                                handshake.will()),
                        claim);
        state = State.CONNECTED;
        Connected accepted = new Connected(this, handshake, session, aliases);
        connected = accepted;
        meters.opened(handshake.version());
        channel.write(handshake.accepted(session.isPresent()));
        accepted.start();
        channel.flush();
        hold(ReadGate.Reason.HANDSHAKE, false);
        while (!early.isEmpty()) {
            onPacket(early.removeFirst());
        }
    }

    private void refuse(ReasonCode reasonCode, String detail) {
        reject(RejectReason.of(reasonCode), detail);
        ProtocolVersion answerIn = version == null ? ProtocolVersion.MQTT_3_1_1 : version;
        state = State.CLOSED;
        stopConnectTimer();
        closeAfter(Handshake.refused(answerIn, reasonCode, detail));
    }

    private void reject(RejectReason reason, String detail) {
        meters.rejected(reason);
        log.atDebug()
                .addKeyValue("connection", channel.id())
                .addKeyValue("reason", reason.id())
                .addKeyValue("detail", detail)
                .log("CONNECT refused");
    }

    private void onConnectTimeout() {
        if (state == State.AWAITING_CONNECT || state == State.HANDSHAKE) {
            reject(RejectReason.CONNECT_TIMEOUT, "no CONNECT in time");
            close();
        }
    }

    private void stopConnectTimer() {
        if (connectTimer != null) {
            connectTimer.cancel();
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Any thread: another connection took the client id over [MQTT-3.1.4-3]. */
    @Override
    public void onSuperseded() {
        loop.execute(() -> {
            if (state == State.CONNECTED) {
                disconnect(ReasonCode.SESSION_TAKEN_OVER, DisconnectCause.TAKEN_OVER, "taken over");
            } else {
                // Still waiting for its turn: the newer connection has it.
                close();
            }
        });
    }

    /** Any thread: the server goes. */
    void drain() {
        loop.execute(() -> {
            if (state == State.CONNECTED) {
                disconnect(ReasonCode.SERVER_SHUTTING_DOWN, DisconnectCause.DRAIN, "the server is shutting down");
            } else {
                close();
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
            closeAfter(new Packet.Disconnect(reasonCode, -1, detail));
        } else {
            channel.flush();
            channel.close();
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
        stopConnectTimer();
        readGate.close();
        early.clear();
        if (wasConnected) {
            Connected was = connected();
            meters.closed(was.version(), cause);
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

    private void closeAfter(Packet last) {
        channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
        // A client that does not read would keep the socket for ever.
        loop.schedule(CLOSE_TIMEOUT, channel::close);
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
        boolean held = readGate.hold(reason, hold);
        if (connected != null) {
            connected.held(held);
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
