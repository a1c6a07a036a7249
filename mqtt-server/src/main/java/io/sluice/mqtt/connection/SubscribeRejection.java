package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.ReasonCode;
import org.jspecify.annotations.Nullable;

/** Why a subscription was not granted: the label of {@code sluice_subscribe_rejected_total}. */
enum SubscribeRejection {
    TOPIC_FILTER("topic_filter"),
    QUOTA("quota"),
    WILDCARD("wildcard"),
    SHARED("shared"),
    NOT_AUTHORIZED("not_authorized"),
    OTHER("other");

    private static final int FAILURE = 0x80;

    private final String id;

    SubscribeRejection(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** What a code of SUBACK says, null for a grant. */
    static @Nullable SubscribeRejection of(ReasonCode code) {
        if (code.code() < FAILURE) {
            return null;
        }
        return switch (code) {
            case TOPIC_FILTER_INVALID -> TOPIC_FILTER;
            case QUOTA_EXCEEDED -> QUOTA;
            case WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED -> WILDCARD;
            case SHARED_SUBSCRIPTIONS_NOT_SUPPORTED -> SHARED;
            case NOT_AUTHORIZED -> NOT_AUTHORIZED;
            default -> OTHER;
        };
    }
}
