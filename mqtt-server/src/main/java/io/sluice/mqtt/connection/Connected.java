package io.sluice.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.codec.ShortAnswer;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.session.InboundQos2;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.Session.SubscribeRequest;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection whose CONNECT was accepted: what its packets do. Confined to its loop. */
final class Connected {

    /** Room for so many at first; the window of a busy publisher. */
    private static final int SHORT_ANSWERS = 32;

    /** Who has so many SUBSCRIBEs and UNSUBSCRIBEs without an answer is not read until one is answered. */
    private static final int REQUESTS_MAX = 16;

    private static final Packet.PingResp PING_RESP = new Packet.PingResp();
    private static final PublishOutcome.Refused DENIED =
            new PublishOutcome.Refused(Refusal.NOT_AUTHORIZED, "not allowed to this client");
    private static final Logger log = LoggerFactory.getLogger(Connected.class);

    private final Connection connection;
    private final Loop loop;
    private final Handshake handshake;
    private final Session session;
    private final TopicAliases aliases;
    private final Access access;
    private final CredentialsExpiry expiry;
    private final KeepAlive keepAlive;
    private final HoldLimit holdLimit;
    private final PacketTimeout packetTimeout;
    private final PublishRate rate;
    private final Ingress.Lane lane;
    private final AckOrder acks = new AckOrder();
    private final AckOrder.Answers answers = this::answer;
    private final ReceiveQuota quota;
    private @Nullable Authentication authentication;
    private boolean reauthenticating;
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
        this.aliases = aliases;
        this.access = handshake.access();
        this.expiry = new CredentialsExpiry(loop, this::onCredentialsExpired);
        this.keepAlive = new KeepAlive(loop, handshake.keepAliveSeconds(), this::onKeepAliveExpired);
        this.holdLimit = new HoldLimit(loop, settings().holdTimeout(), this::progress, this::onHoldExpired);
        this.packetTimeout = new PacketTimeout(loop, settings().packetTimeout(), this::onPacketTimeout);
        this.quota = new ReceiveQuota(settings().receiveMaximum());
        this.rate = new PublishRate(loop, () -> settings().clientRate(), this::holdForRate);
        Ingress.Brake brake = version().isMqtt5() ? Ingress.Brake.RECEIVE_MAXIMUM : Ingress.Brake.SOCKET;
        this.lane = connection.context().router().open(loop, brake, this::onLaneReadable);
    }

    void start() {
        keepAlive.start();
        expiry.start(access.client().principal());
        session.start();
        if (session.revokedCount() > 0) {
            onRevoked(session.revokedCount());
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
        } else if (packet instanceof Packet.Auth auth) {
            onAuth(auth);
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

    // ---- publishing -----------------------------------------------------------------------------------------------

    private void onPublish(Packet.Publish publish) {
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

    void onLimitsChanged() {
        rate.onLimitsChanged();
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
                write(new Packet.PubRec(packetId, ReasonCode.SUCCESS, null));
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
        write(
                pending.qos == Qos.AT_LEAST_ONCE
                        ? new Packet.PubAck(pending.packetId, reasonCode, detail)
                        : new Packet.PubRec(pending.packetId, reasonCode, detail));
    }

    private void onPubRel(Packet.PubRel rel) {
        session.onPubRel(rel.packetId(), known -> {
            quota.giveBack();
            write(new Packet.PubComp(
                    rel.packetId(), known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        });
    }

    private void onLaneReadable() {
        if (!connection.isClosed()) {
            connection.hold(ReadGate.Reason.INGRESS, false);
        }
    }

    // ---- subscribing ----------------------------------------------------------------------------------------------

    private void onSubscribe(Packet.Subscribe subscribe) {
        if (subscribe.identifier() != 0 && !settings().capabilities().identifiersAvailable()) {
            throw new ProtocolError(
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    "SUBSCRIBE: Subscription Identifiers are switched off");
        }
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
                                entry.qos().min(settings().capabilities().maximumQos()),
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
            for (ReasonCode code : codes) {
                connection.meters().subscribed(code);
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
            if (!settings().capabilities().sharedAvailable()) {
                return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
            }
        }
        if (filter.levels().size() > settings().topicLevelsMax()) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (!settings().capabilities().isOpenToSubscribe(filter) || !access.maySubscribe(filter)) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        boolean hasWildcard = filter.levels().contains(TopicFilter.SINGLE_LEVEL)
                || filter.levels().contains(TopicFilter.MULTI_LEVEL);
        return hasWildcard && !settings().wildcardAvailable()
                ? ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED
                : ReasonCode.SUCCESS;
    }

    // ---- who it is, and what it may do ----------------------------------------------------------------------------

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
                .whenComplete((valid, failure) -> loop.execute(() -> onWelcome(failure == null && valid)));
    }

    private void onWelcome(boolean isWelcome) {
        if (!isWelcome && !connection.isClosed()) {
            connection.disconnect(
                    ReasonCode.NOT_AUTHORIZED,
                    DisconnectCause.NOT_AUTHORIZED,
                    "the credentials are not valid any more");
        }
    }

    private void onRevoked(int subscriptions) {
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
    private void onAuth(Packet.Auth auth) {
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
            write(new Packet.Auth(
                    ReasonCode.SUCCESS, handshake.connect().properties().authenticationMethod(), data));
            recheck();
        }

        @Override
        public void onQuestion(Packet.Auth question) {
            write(question);
        }

        @Override
        public void onDenied(ReasonCode reasonCode, String detail) {
            if (!connection.isClosed()) {
                connection.meters().authenticated(reasonCode);
                connection.disconnect(reasonCode, DisconnectCause.NOT_AUTHORIZED, detail);
            }
        }
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
        writeShortAnswers();
        keepAlive.stop();
        rate.stop();
        holdLimit.stop();
        packetTimeout.stop();
        expiry.stop();
        lane.close();
        session.close(cause.ending(), lane::whenSettled);
    }

    /** Writes now, flushes when the loop has done what it is at: many answers leave in one write. */
    private void write(Packet packet) {
        if (connection.isClosed()) {
            return;
        }
        if (ShortAnswer.is(packet)) {
            ByteBuf out = shortAnswers;
            if (out == null) {
                out = connection.channel().alloc().directBuffer(SHORT_ANSWERS * ShortAnswer.BYTES_MAX);
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
                onFlushed(packet);
            });
        }
    }

    private static void onFlushed(Packet first) {
        if (first instanceof Packet.PubAck) {
            Failpoint.Q1_5.hit();
        } else if (first instanceof Packet.PubRec) {
            Failpoint.Q2_5.hit();
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
