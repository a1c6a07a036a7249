package io.sluice.mqtt.connection;

import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.Session.SubscribeRequest;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a client subscribes to, and no more: which of it is refused, and the answers. Confined to its loop. */
final class Subscribing {

    /** Who has so many SUBSCRIBEs and UNSUBSCRIBEs without an answer is not read until one is answered. */
    private static final int UNANSWERED_MAX = 16;

    private final Connection connection;
    private final Access access;
    private final Session session;
    private final AnswerWriter writer;
    private int unanswered;

    Subscribing(Connection connection, Access access, Session session, AnswerWriter writer) {
        this.connection = connection;
        this.access = access;
        this.session = session;
        this.writer = writer;
    }

    /** As they are now. */
    private ConnectionSettings settings() {
        return connection.context().settings();
    }

    void onSubscribe(Packet.Subscribe subscribe) {
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
            writer.write(new Packet.SubAck(subscribe.packetId(), List.of(codes)));
            onReply();
        });
    }

    void onUnsubscribe(Packet.Unsubscribe unsubscribe) {
        onRequest();
        session.unsubscribe(unsubscribe.filters(), codes -> {
            writer.write(new Packet.UnsubAck(unsubscribe.packetId(), codes));
            onReply();
        });
    }

    private void onRequest() {
        unanswered++;
        if (unanswered >= UNANSWERED_MAX) {
            connection.hold(ReadGate.Reason.SUBSCRIBING, true);
        }
    }

    private void onReply() {
        unanswered--;
        if (unanswered < UNANSWERED_MAX && !connection.isClosed()) {
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
}
