package io.sluice.mqtt.connection;

import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.Session;

/**
 * A connection whose CONNECT was accepted: which of its parts a packet is for, how long it may be silent, held or slow,
 * and its end. Confined to its loop.
 */
final class Connected {

    private static final Packet.PingResp PING_RESP = new Packet.PingResp();

    private final Connection connection;
    private final Handshake handshake;
    private final Session session;
    private final AnswerWriter writer;
    private final Publishing publishing;
    private final Subscribing subscribing;
    private final Standing standing;
    private final KeepAlive keepAlive;
    private final HoldLimit holdLimit;
    private final PacketTimeout packetTimeout;

    Connected(Connection connection, Handshake handshake, Session session, TopicAliases aliases) {
        this.connection = connection;
        this.handshake = handshake;
        this.session = session;
        this.writer = new AnswerWriter(connection);
        this.publishing = new Publishing(connection, handshake, session, aliases, writer);
        this.subscribing = new Subscribing(connection, handshake.access(), session, writer);
        this.standing = new Standing(connection, handshake, session, writer);
        Loop loop = connection.loop();
        this.keepAlive = new KeepAlive(loop, handshake.keepAliveSeconds(), this::onKeepAliveExpired);
        this.holdLimit = new HoldLimit(loop, settings().holdTimeout(), this::progress, this::onHoldExpired);
        this.packetTimeout = new PacketTimeout(loop, settings().packetTimeout(), this::onPacketTimeout);
    }

    void start() {
        keepAlive.start();
        standing.start();
        session.start();
        if (session.revokedCount() > 0) {
            standing.onRevoked(session.revokedCount());
        }
    }

    /** As they are now. */
    private ConnectionSettings settings() {
        return connection.context().settings();
    }

    Session session() {
        return session;
    }

    ProtocolVersion version() {
        return handshake.version();
    }

    /**
     * The connection is not read, by our own choice, or is again.
     *
     * @param held whether it is not read now
     * @param heldForLong whether it is held by more than that others come first for a moment
     */
    void held(boolean held, boolean heldForLong) {
        keepAlive.held(held);
        holdLimit.held(heldForLong);
        packetTimeout.held(heldForLong);
    }

    /** Changes when Kafka has answered, or the client has taken something of what it was sent. */
    private long progress() {
        return publishing.outcomes() + connection.channel().bytesBeforeWritable();
    }

    void onPacket(Packet packet) {
        keepAlive.onRead();
        if (packet instanceof Packet.Publish publish) {
            publishing.onPublish(publish);
        } else if (packet instanceof Packet.PubAck ack) {
            session.onPubAck(ack.packetId());
        } else if (packet instanceof Packet.PubRec rec) {
            session.onPubRec(rec.packetId(), rec.reasonCode().isError());
        } else if (packet instanceof Packet.PubRel rel) {
            publishing.onPubRel(rel);
        } else if (packet instanceof Packet.PubComp comp) {
            session.onPubComp(comp.packetId());
        } else if (packet instanceof Packet.Subscribe subscribe) {
            subscribing.onSubscribe(subscribe);
        } else if (packet instanceof Packet.Unsubscribe unsubscribe) {
            subscribing.onUnsubscribe(unsubscribe);
        } else if (packet instanceof Packet.PingReq) {
            writer.write(PING_RESP);
        } else if (packet instanceof Packet.Disconnect disconnect) {
            onDisconnect(disconnect);
        } else if (packet instanceof Packet.Auth auth) {
            standing.onAuth(auth);
        } else {
            // A second CONNECT [MQTT-3.1.0-2], or what only servers send.
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    packet.getClass().getSimpleName() + " is not expected on an accepted connection");
        }
    }

    /**
     * @param isWithinPacket whether a packet has begun and is not complete
     * @param packets how many were complete
     */
    void onReadComplete(boolean isWithinPacket, long packets) {
        packetTimeout.onRead(isWithinPacket, packets);
        session.afterAnswers();
        connection.channel().flush();
    }

    void onLimitsChanged() {
        publishing.onLimitsChanged();
    }

    /** Rules or users have changed. */
    void recheck() {
        standing.recheck();
    }

    // ---- ending ---------------------------------------------------------------------------------------------------

    private void onDisconnect(Packet.Disconnect disconnect) {
        long expirySeconds = disconnect.sessionExpirySeconds();
        if (expirySeconds > 0 && handshake.connect().properties().sessionExpirySeconds() == 0) {
            // [MQTT-3.14.2-2]
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR, "DISCONNECT: Session Expiry Interval above 0 after 0 in CONNECT");
        }
        if (expirySeconds >= 0) {
            session.expirySeconds(expirySeconds);
        }
        boolean normal = disconnect.reasonCode() == ReasonCode.SUCCESS;
        connection.onDisconnect(normal ? DisconnectCause.CLIENT : DisconnectCause.CLIENT_WITH_WILL);
    }

    private void onKeepAliveExpired() {
        connection.disconnect(
                ReasonCode.KEEP_ALIVE_TIMEOUT, DisconnectCause.KEEP_ALIVE, "nothing heard for 1.5 times keep-alive");
    }

    private void onPacketTimeout() {
        connection.disconnect(
                ReasonCode.QUOTA_EXCEEDED,
                DisconnectCause.PACKET_TIMEOUT,
                "a packet is not complete after " + settings().packetTimeout().toSeconds()
                        + " s (limits.packet-timeout)");
    }

    private void onHoldExpired() {
        if (connection.heldFor() == ReadGate.Reason.OUTBOUND) {
            connection.disconnect(
                    ReasonCode.SERVER_BUSY, DisconnectCause.NOT_READING, "nothing was read of what was sent");
        } else {
            connection.disconnect(ReasonCode.SERVER_BUSY, DisconnectCause.KAFKA, "Kafka takes nothing for too long");
        }
    }

    void close(DisconnectCause cause) {
        // Before a DISCONNECT: what Kafka has is acknowledged.
        writer.writeShort();
        keepAlive.stop();
        holdLimit.stop();
        packetTimeout.stop();
        standing.stop();
        publishing.close();
        session.close(cause.ending(), publishing::whenSettled);
    }
}
