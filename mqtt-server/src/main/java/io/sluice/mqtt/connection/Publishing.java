package io.sluice.mqtt.connection;

import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.session.InboundQos2;
import io.sluice.mqtt.session.Session;

/**
 * What a client publishes: from PUBLISH to its acknowledgement, in the order that the standard asks for, and PUBREL. It
 * says when no more is to be read of the connection. Confined to its loop.
 */
final class Publishing {

    private static final PublishOutcome.Refused DENIED =
            new PublishOutcome.Refused(Refusal.NOT_AUTHORIZED, "not allowed to this client");

    private final Connection connection;
    private final Loop loop;
    private final Handshake handshake;
    private final Access access;
    private final Session session;
    private final TopicAliases aliases;
    private final AnswerWriter writer;
    private final PublishRate rate;
    private final Ingress.Lane lane;
    private final AckOrder acks = new AckOrder();
    private final AckOrder.Answers answers = this::answer;
    private final ReceiveQuota quota;
    private long outcomes;

    Publishing(Connection connection, Handshake handshake, Session session, TopicAliases aliases, AnswerWriter writer) {
        this.connection = connection;
        this.loop = connection.loop();
        this.handshake = handshake;
        this.access = handshake.access();
        this.session = session;
        this.aliases = aliases;
        this.writer = writer;
        this.quota = new ReceiveQuota(settings().receiveMaximum());
        this.rate = new PublishRate(loop, () -> settings().clientRate(), this::holdForRate);
        Ingress.Brake brake = version().isMqtt5() ? Ingress.Brake.RECEIVE_MAXIMUM : Ingress.Brake.SOCKET;
        this.lane = connection.context().router().open(loop, brake, this::onLaneReadable);
    }

    /** As they are now. */
    private ConnectionSettings settings() {
        return connection.context().settings();
    }

    private ProtocolVersion version() {
        return handshake.version();
    }

    /** Changes when a message has its outcome, or may be read again. */
    long outcomes() {
        return outcomes;
    }

    void onLimitsChanged() {
        rate.onLimitsChanged();
    }

    /** The connection is gone. */
    void close() {
        rate.stop();
        lane.close();
    }

    /** Runs the task once all that was published has its outcome: see {@link Ingress.Lane#whenSettled}. */
    void whenSettled(Runnable task) {
        lane.whenSettled(task);
    }

    // ---- PUBLISH --------------------------------------------------------------------------------------------------

    void onPublish(Packet.Publish publish) {
        TopicName topicName = aliases.resolve(publish.topicName(), publish.topicAlias());
        if (publish.retain() && !settings().retainAvailable()) {
            throw new ProtocolError(ReasonCode.RETAIN_NOT_SUPPORTED, "PUBLISH: retained messages are switched off");
        }
        if (publish.qos().level() > settings().capabilities().maximumQos().level()) {
            // [MQTT-3.2.2-11]
            throw new ProtocolError(ReasonCode.QOS_NOT_SUPPORTED, "PUBLISH: a QoS that is switched off");
        }
        if (levels(topicName.value()) > settings().topicLevelsMax()) {
            throw new ProtocolError(
                    ReasonCode.TOPIC_NAME_INVALID,
                    "topic name: more than " + settings().topicLevelsMax() + " levels (limits.topic-levels)");
        }
        Message message = message(publish, topicName);
        boolean allowed =
                settings().capabilities().isOpenToPublish(topicName) && access.mayPublish(topicName, publish.retain());
        switch (publish.qos()) {
            case AT_MOST_ONCE -> publishAtMostOnce(message, allowed);
            case AT_LEAST_ONCE -> publishAcknowledged(message, allowed, publish.packetId());
            case EXACTLY_ONCE -> publishExactlyOnce(message, allowed, publish.packetId());
        }
        if (rate.onPublish(publish.payload().size())) {
            connection.meters().slowedDown();
            connection
                    .context()
                    .connections()
                    .limitLog()
                    .reached(LimitLog.Limit.PER_CLIENT, connection.context().listener(), session.clientId());
        }
        if (!lane.isReadable()) {
            connection.hold(ReadGate.Reason.INGRESS, true);
        }
        if (!version().isMqtt5() && acks.size() >= settings().receiveMaximum()) {
            connection.hold(ReadGate.Reason.UNACKNOWLEDGED, true);
        }
    }

    private void holdForRate(boolean hold) {
        if (!connection.isClosed()) {
            // That its time is over is progress: it is we who wait.
            outcomes++;
            connection.hold(ReadGate.Reason.RATE, hold);
        }
    }

    static int levels(String topic) {
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
                    loop.latestEpochMillis() + publish.expirySeconds() * 1000,
                    properties.contentType(),
                    properties.responseTopic(),
                    properties.correlationData(),
                    properties.userProperties());
        }
        return new Message(
                topicName, publish.qos(), publish.retain(), publish.payload(), properties, session.clientId());
    }

    /** A message counts when it breaks no rule: one that ends the connection has no outcome. */
    private void countReceived(Message message) {
        connection.meters().received(message.qos(), message.payload().size());
    }

    private void publishAtMostOnce(Message message, boolean allowed) {
        countReceived(message);
        long start = loop.nanoTime();
        publish(message, allowed, outcome -> {
            outcomes++;
            if (isDenied(outcome) && endsByDenials() && !connection.isClosed()) {
                endDenied();
                return;
            }
            connection.meters().acknowledged(Qos.AT_MOST_ONCE, loop.nanoTime() - start);
        });
    }

    private void publishAcknowledged(Message message, boolean allowed, int packetId) {
        checkQuota();
        countReceived(message);
        AckOrder.Pending pending = acks.add(packetId, message.qos(), loop.nanoTime());
        Failpoint.Q1_2.hit();
        publish(message, allowed, outcome -> onOutcome(pending, outcome));
    }

    private void publishExactlyOnce(Message message, boolean allowed, int packetId) {
        InboundQos2 inbound = session.inboundQos2();
        if (inbound.isKnown(packetId)) {
            countReceived(message);
            connection.meters().duplicate();
            // Where the first PUBREC waits for its turn, that one answers this copy as well [MQTT-4.6.0-3].
            if (inbound.isReceived(packetId) && !acks.isOwed(packetId)) {
                writer.write(new Packet.PubRec(packetId, ReasonCode.SUCCESS, null));
            }
            return;
        }
        checkQuota();
        countReceived(message);
        inbound.onPublish(packetId);
        AckOrder.Pending pending = acks.add(packetId, message.qos(), loop.nanoTime());
        Ingress.OutcomeListener listener = outcome -> {
            // First the session's memory, which also holds when the connection is gone by now.
            if (outcome instanceof PublishOutcome.Refused) {
                inbound.onRefused(packetId);
            } else {
                session.onReceived(packetId);
            }
            onOutcome(pending, outcome);
        };
        SessionStore.Claim claim = session.durableClaim();
        if (claim == null || !allowed) {
            publish(message, allowed, listener);
        } else {
            connection.context().router().publishOnce(lane, loop, message, claim, packetId, listener);
        }
    }

    /** Receive Maximum, ours [MQTT-3.3.4-7]: QoS 1 without PUBACK and QoS 2 without PUBCOMP. */
    private void checkQuota() {
        if (version().isMqtt5() && (quota.isUsedUp() || isBoundReached())) {
            throw new ProtocolError(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "PUBLISH: more than " + quota.receiveMaximum() + " without an answer");
        }
        quota.take();
    }

    private boolean isBoundReached() {
        InboundQos2 inbound = session.inboundQos2();
        // A QoS 2 that is stored may still wait for its turn to be answered: it counts once. Who breaks off again and
        // again may leave as many once more, but not any number.
        int unreleased = inbound.outstandingCount() + inbound.earlierCount();
        return acks.atLeastOnceCount() + unreleased >= quota.bound() || acks.size() >= quota.bound();
    }

    private void publish(Message message, boolean allowed, Ingress.OutcomeListener listener) {
        if (allowed) {
            connection.context().router().publish(lane, loop, message, listener);
        } else {
            lane.refuse(message.qos(), DENIED, listener);
        }
    }

    // ---- its outcome ----------------------------------------------------------------------------------------------

    private void onOutcome(AckOrder.Pending pending, PublishOutcome outcome) {
        outcomes++;
        if (!connection.isClosed()) {
            acks.complete(pending, outcome, answers);
            if (acks.size() < settings().receiveMaximum()) {
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
        if (outcome instanceof PublishOutcome.Refused refused && !(isDenied(outcome) && hidesDenials())) {
            if (isDenied(outcome) && endsByDenials()) {
                endDenied();
                return;
            }
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
        if (pending.qos == Qos.AT_LEAST_ONCE || reasonCode.isError()) {
            quota.giveBack();
        }
        (pending.qos == Qos.AT_LEAST_ONCE ? Failpoint.Q1_4 : Failpoint.Q2_3).hit();
        writer.write(
                pending.qos == Qos.AT_LEAST_ONCE
                        ? new Packet.PubAck(pending.packetId, reasonCode, detail)
                        : new Packet.PubRec(pending.packetId, reasonCode, detail));
    }

    void onPubRel(Packet.PubRel rel) {
        session.onPubRel(rel.packetId(), known -> {
            quota.giveBack();
            writer.write(new Packet.PubComp(
                    rel.packetId(), known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        });
    }

    private void onLaneReadable() {
        if (!connection.isClosed()) {
            connection.hold(ReadGate.Reason.INGRESS, false);
        }
    }

    // ---- what it may not publish ----------------------------------------------------------------------------------

    /** By a rule of ours: that Kafka denies it to us is not the client's doing, and is not hidden from it. */
    private static boolean isDenied(PublishOutcome outcome) {
        return outcome.equals(DENIED);
    }

    /** Whether a client that cannot be told of a denial is acknowledged all the same, as MQTT 3.1.1 allows (3.3.5). */
    private boolean hidesDenials() {
        return !version().isMqtt5() && settings().deniedPublish() == ConnectionSettings.DeniedPublish.DROP;
    }

    /** Whether a client that cannot be told of a denial is sent away. */
    private boolean endsByDenials() {
        return !version().isMqtt5() && settings().deniedPublish() == ConnectionSettings.DeniedPublish.DISCONNECT;
    }

    private void endDenied() {
        connection.disconnect(
                ReasonCode.NOT_AUTHORIZED, DisconnectCause.NOT_AUTHORIZED, "PUBLISH: not allowed to this client");
    }
}
