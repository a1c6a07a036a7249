package io.sluice.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.codec.ShortAnswer;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.session.InboundQos2;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.Session.SubscribeRequest;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose CONNECT was accepted: what its packets do. Confined to its loop. */
final class Connected {

    /** Room for so many at first; the window of a busy publisher. */
    private static final int SHORT_ANSWERS = 32;

    /** Who has so many SUBSCRIBEs and UNSUBSCRIBEs without an answer is not read until one is answered. */
    private static final int REQUESTS_MAX = 16;

    private static final Packet.PingResp PING_RESP = new Packet.PingResp();

    private final Connection connection;
    private final Loop loop;
    private final Handshake handshake;
    private final Session session;
    private final ConnectionSettings settings;
    private final TopicAliases aliases;
    private final KeepAlive keepAlive;
    private final HoldLimit holdLimit;
    private final Ingress.Lane lane;
    private final AckOrder acks = new AckOrder();
    private final AckOrder.Answers answers = this::answer;
    private long outcomes;
    private int requests;
    private boolean flushing;
    /** Answers that go out with the next flush, in one buffer. */
    private @Nullable ByteBuf shortAnswers;

    Connected(Connection connection, Handshake handshake, Session session, TopicAliases aliases) {
        this.connection = connection;
        this.loop = connection.loop();
        this.handshake = handshake;
        this.session = session;
        this.settings = connection.context().settings();
        this.aliases = aliases;
        this.keepAlive = new KeepAlive(loop, handshake.keepAliveSeconds(), this::onKeepAliveExpired);
        this.holdLimit = new HoldLimit(loop, settings.holdTimeout(), this::progress, this::onHoldExpired);
        Ingress.Brake brake = version().isMqtt5() ? Ingress.Brake.RECEIVE_MAXIMUM : Ingress.Brake.SOCKET;
        this.lane = connection.context().router().open(loop, brake, this::onLaneReadable);
    }

    void start() {
        keepAlive.start();
        session.start();
    }

    Session session() {
        return session;
    }

    ProtocolVersion version() {
        return handshake.version();
    }

    /** Whether the connection is not read, by our own choice. */
    void held(boolean held) {
        keepAlive.held(held);
        holdLimit.held(held);
    }

    /** Changes when Kafka has answered, or the client has taken something of what it was sent. */
    private long progress() {
        return outcomes + connection.channel().bytesBeforeWritable();
    }

    void onPacket(Packet packet) {
        keepAlive.onRead();
        if (packet instanceof Packet.Publish publish) {
            onPublish(publish);
        } else if (packet instanceof Packet.PubAck ack) {
            session.onPubAck(ack.packetId());
        } else if (packet instanceof Packet.PubRec rec) {
            session.onPubRec(rec.packetId(), rec.reasonCode().isError());
        } else if (packet instanceof Packet.PubRel rel) {
            onPubRel(rel);
        } else if (packet instanceof Packet.PubComp comp) {
            session.onPubComp(comp.packetId());
        } else if (packet instanceof Packet.Subscribe subscribe) {
            onSubscribe(subscribe);
        } else if (packet instanceof Packet.Unsubscribe unsubscribe) {
            onRequest();
            session.unsubscribe(unsubscribe.filters(), codes -> {
                write(new Packet.UnsubAck(unsubscribe.packetId(), codes));
                onReply();
            });
        } else if (packet instanceof Packet.PingReq) {
            write(PING_RESP);
        } else if (packet instanceof Packet.Disconnect disconnect) {
            onDisconnect(disconnect);
        } else {
            // A second CONNECT [MQTT-3.1.0-2], AUTH without a method, or what only servers send.
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    packet.getClass().getSimpleName() + " is not expected on an accepted connection");
        }
    }

    void onReadComplete() {
        session.afterAnswers();
        connection.channel().flush();
    }

    // ---- publishing -----------------------------------------------------------------------------------------------

    private void onPublish(Packet.Publish publish) {
        connection.meters().received(publish.qos(), publish.payload().size());
        TopicName topicName = aliases.resolve(publish.topicName(), publish.topicAlias());
        if (publish.retain() && !settings.retainAvailable()) {
            throw new ProtocolError(ReasonCode.RETAIN_NOT_SUPPORTED, "PUBLISH: retained messages are switched off");
        }
        if (levels(topicName.value()) > settings.topicLevelsMax()) {
            throw new ProtocolError(
                    ReasonCode.TOPIC_NAME_INVALID,
                    "topic name: more than " + settings.topicLevelsMax() + " levels (limits.topic-levels)");
        }
        Message message = message(publish, topicName);
        switch (publish.qos()) {
            case AT_MOST_ONCE -> publishAtMostOnce(message);
            case AT_LEAST_ONCE -> publishAcknowledged(message, publish.packetId());
            case EXACTLY_ONCE -> publishExactlyOnce(message, publish.packetId());
        }
        if (!lane.isReadable()) {
            connection.hold(ReadGate.Reason.INGRESS, true);
        }
        if (!version().isMqtt5() && acks.size() >= settings.receiveMaximum()) {
            connection.hold(ReadGate.Reason.UNACKNOWLEDGED, true);
        }
    }

    private static int levels(String topic) {
        int levels = 1;
        for (int i = topic.indexOf('/'); i >= 0; i = topic.indexOf('/', i + 1)) {
            levels++;
        }
        return levels;
    }

    private Message message(Packet.Publish publish, TopicName topicName) {
        MessageProperties properties = publish.properties();
        if (publish.expirySeconds() >= 0) {
            properties = new MessageProperties(
                    properties.payloadFormatUtf8(),
                    loop.epochMillis() + publish.expirySeconds() * 1000,
                    properties.contentType(),
                    properties.responseTopic(),
                    properties.correlationData(),
                    properties.userProperties());
        }
        return new Message(
                topicName, publish.qos(), publish.retain(), publish.payload(), properties, session.clientId());
    }

    private void publishAtMostOnce(Message message) {
        long start = loop.nanoTime();
        publish(message, outcome -> {
            outcomes++;
            connection.meters().acknowledged(Qos.AT_MOST_ONCE, loop.nanoTime() - start);
        });
    }

    private void publishAcknowledged(Message message, int packetId) {
        checkQuota();
        AckOrder.Pending pending = acks.add(packetId, message.qos(), loop.nanoTime());
        publish(message, outcome -> onOutcome(pending, outcome));
    }

    private void publishExactlyOnce(Message message, int packetId) {
        InboundQos2 inbound = session.inboundQos2();
        if (inbound.isKnown(packetId)) {
            connection.meters().duplicate();
            // Where the first PUBREC waits for its turn, that one answers this copy as well [MQTT-4.6.0-3].
            if (inbound.isReceived(packetId) && !acks.isOwed(packetId)) {
                write(new Packet.PubRec(packetId, ReasonCode.SUCCESS, null));
            }
            return;
        }
        checkQuota();
        inbound.onPublish(packetId);
        AckOrder.Pending pending = acks.add(packetId, message.qos(), loop.nanoTime());
        publish(message, outcome -> {
            // First the session's memory, which also holds when the connection is gone by now.
            if (outcome instanceof PublishOutcome.Stored) {
                inbound.onStored(packetId);
            } else {
                inbound.onRefused(packetId);
            }
            onOutcome(pending, outcome);
        });
    }

    /** Receive Maximum, ours [MQTT-3.3.4-7]: QoS 1 without PUBACK and QoS 2 without PUBCOMP. */
    private void checkQuota() {
        // A QoS 2 that is stored may still wait for its turn to be answered: it counts once.
        int outstanding = acks.atLeastOnceCount() + session.inboundQos2().outstandingCount();
        if (version().isMqtt5() && outstanding >= settings.receiveMaximum()) {
            throw new ProtocolError(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "PUBLISH: more than " + settings.receiveMaximum() + " without an answer");
        }
    }

    private void publish(Message message, Ingress.OutcomeListener listener) {
        connection.context().router().publish(lane, loop, message, listener);
    }

    private void onOutcome(AckOrder.Pending pending, PublishOutcome outcome) {
        outcomes++;
        if (!connection.isClosed()) {
            acks.complete(pending, outcome, answers);
            if (acks.size() < settings.receiveMaximum()) {
                connection.hold(ReadGate.Reason.UNACKNOWLEDGED, false);
            }
        }
    }

    private void answer(AckOrder.Pending pending, PublishOutcome outcome) {
        if (connection.isClosed()) {
            return;
        }
        ReasonCode reasonCode = ReasonCode.SUCCESS;
        String detail = null;
        if (outcome instanceof PublishOutcome.Refused refused) {
            if (!version().isMqtt5()) {
                // It cannot be told, so it must not take the message for stored: it resends.
                connection.disconnect(
                        refused.refusal().reasonCode(), DisconnectCause.REFUSED_MESSAGE, refused.detail());
                return;
            }
            reasonCode = refused.refusal().reasonCode();
            detail = handshake.connect().properties().requestProblemInformation() ? refused.detail() : null;
        }
        connection.meters().acknowledged(pending.qos, loop.nanoTime() - pending.startNanos);
        write(
                pending.qos == Qos.AT_LEAST_ONCE
                        ? new Packet.PubAck(pending.packetId, reasonCode, detail)
                        : new Packet.PubRec(pending.packetId, reasonCode, detail));
    }

    private void onPubRel(Packet.PubRel rel) {
        boolean known = session.inboundQos2().onRelease(rel.packetId());
        write(new Packet.PubComp(rel.packetId(), known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
    }

    private void onLaneReadable() {
        if (!connection.isClosed()) {
            connection.hold(ReadGate.Reason.INGRESS, false);
        }
    }

    // ---- subscribing ----------------------------------------------------------------------------------------------

    private void onSubscribe(Packet.Subscribe subscribe) {
        ReasonCode[] codes = new ReasonCode[subscribe.entries().size()];
        List<SubscribeRequest> requests = new ArrayList<>();
        for (int i = 0; i < codes.length; i++) {
            Packet.SubscribeEntry entry = subscribe.entries().get(i);
            codes[i] = refusal(entry);
            TopicFilter filter = entry.filter();
            if (codes[i] == ReasonCode.SUCCESS && filter != null) {
                requests.add(new SubscribeRequest(
                        filter,
                        new SubscriptionOptions(
                                entry.qos(),
                                entry.noLocal(),
                                entry.retainAsPublished(),
                                entry.retainHandling(),
                                subscribe.identifier())));
            }
        }
        onRequest();
        session.subscribe(requests, granted -> {
            Iterator<ReasonCode> next = granted.iterator();
            for (int i = 0; i < codes.length; i++) {
                codes[i] = codes[i] == ReasonCode.SUCCESS ? next.next() : codes[i];
            }
            write(new Packet.SubAck(subscribe.packetId(), List.of(codes)));
            onReply();
        });
    }

    private void onRequest() {
        requests++;
        if (requests >= REQUESTS_MAX) {
            connection.hold(ReadGate.Reason.SUBSCRIBING, true);
        }
    }

    private void onReply() {
        requests--;
        if (requests < REQUESTS_MAX && !connection.isClosed()) {
            connection.hold(ReadGate.Reason.SUBSCRIBING, false);
        }
    }

    /** Why an entry is refused, or SUCCESS when it is not. */
    private ReasonCode refusal(Packet.SubscribeEntry entry) {
        TopicFilter filter = entry.filter();
        if (filter == null) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (filter.isShared()) {
            if (entry.noLocal()) {
                // [MQTT-3.8.3-4]
                throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "SUBSCRIBE: No Local on a shared subscription");
            }
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (filter.levels().size() > settings.topicLevelsMax()) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        boolean hasWildcard = filter.levels().contains(TopicFilter.SINGLE_LEVEL)
                || filter.levels().contains(TopicFilter.MULTI_LEVEL);
        return hasWildcard && !settings.wildcardAvailable()
                ? ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED
                : ReasonCode.SUCCESS;
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
        writeShortAnswers();
        keepAlive.stop();
        holdLimit.stop();
        lane.close();
        session.close(cause.firesWill());
    }

    /** Writes now, flushes when the loop has done what it is at: many answers leave in one write. */
    private void write(Packet packet) {
        if (connection.isClosed()) {
            return;
        }
        if (ShortAnswer.is(packet)) {
            ByteBuf out = shortAnswers;
            if (out == null) {
                out = connection.channel().alloc().directBuffer(SHORT_ANSWERS * ShortAnswer.BYTES);
                shortAnswers = out;
            }
            ShortAnswer.append(out, packet);
        } else {
            writeShortAnswers();
            connection.channel().write(packet);
        }
        if (!flushing) {
            flushing = true;
            loop.execute(() -> {
                flushing = false;
                writeShortAnswers();
                connection.channel().flush();
            });
        }
    }

    /** Gives to the channel what has waited for the flush. */
    void writeShortAnswers() {
        ByteBuf out = shortAnswers;
        if (out != null) {
            shortAnswers = null;
            connection.channel().write(out);
        }
    }
}
