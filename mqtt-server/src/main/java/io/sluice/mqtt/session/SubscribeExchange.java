package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.session.Session.SubscribeRequest;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** One SUBSCRIBE from its filters to its SUBACK. Confined to the session's loop. */
final class SubscribeExchange {

    private final List<SubscribeRequest> requests;
    private final SessionSubscriptions subscriptions;
    private final SharedSubscriptions shared;
    private final List<ReasonCode> codes = new ArrayList<>();
    private final List<SubscribeRequest> fed = new ArrayList<>();

    SubscribeExchange(List<SubscribeRequest> requests, SessionSubscriptions subscriptions, SharedSubscriptions shared) {
        this.requests = requests;
        this.subscriptions = subscriptions;
        this.shared = shared;
    }

    /**
     * Subscribes to as many filters as there is room for.
     *
     * @param expirySeconds how long the session outlives its connection
     *
     * @return completes on the loop when all of them are in effect
     */
    Mono<Void> open(int subscriptionsMax, long expirySeconds) {
        List<Mono<Void>> opened = new ArrayList<>();
        for (SubscribeRequest request : requests) {
            TopicFilter filter = request.filter();
            boolean isNew = !subscriptions.contains(filter) && !shared.contains(filter);
            if (isNew && subscriptions.size() + shared.size() >= subscriptionsMax) {
                codes.add(ReasonCode.QUOTA_EXCEEDED);
                continue;
            }
            codes.add(granted(request.options().qos()));
            if (filter.isShared()) {
                // Without retained messages (section 3.8.4).
                opened.add(shared.add(filter, request.options(), expirySeconds));
                continue;
            }
            opened.add(subscriptions.add(filter, request.options()));
            int handling = request.options().retainHandling();
            if (handling == SubscriptionOptions.SEND_RETAINED
                    || (handling == SubscriptionOptions.SEND_RETAINED_IF_NEW && isNew)) {
                fed.add(request);
            }
        }
        return Mono.when(opened);
    }

    private static ReasonCode granted(Qos qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> ReasonCode.SUCCESS;
            case AT_LEAST_ONCE -> ReasonCode.GRANTED_QOS_1;
            case EXACTLY_ONCE -> ReasonCode.GRANTED_QOS_2;
        };
    }

    /** SUBACK goes out now: what was granted may be delivered. */
    void answer() {
        requests.forEach(request -> {
            subscriptions.answer(request.filter());
            shared.answer(request.filter());
        });
    }

    /** What SUBACK says, a code for each request. */
    List<ReasonCode> codes() {
        return codes;
    }

    /** Those that get the retained messages after it. */
    List<SubscribeRequest> fed() {
        return fed;
    }
}
