package io.sluice.mqtt.auth.shared;

import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeoutException;

/** How a request to another server ended: a label of its counters. */
public enum HttpOutcome {
    ANSWERED("answered"),
    STATUS("status"),
    TIMEOUT("timeout"),
    TOO_LARGE("too_large"),
    MALFORMED("malformed"),
    UNREACHABLE("unreachable");

    private final String id;

    HttpOutcome(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** What it means that a request has failed. */
    static HttpOutcome of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
                return TIMEOUT;
            }
            if (cause instanceof BoundedBody.TooLarge) {
                return TOO_LARGE;
            }
        }
        return UNREACHABLE;
    }
}
