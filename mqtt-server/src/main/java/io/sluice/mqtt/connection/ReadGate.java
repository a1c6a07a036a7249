package io.sluice.mqtt.connection;

import io.netty.channel.Channel;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the socket is read. It is held for as long as there is any reason to: TCP then pushes back on the device.
 * Confined to its loop.
 */
final class ReadGate {

    /** Why a socket is not read. */
    enum Reason {
        /** CONNECT is being answered. */
        HANDSHAKE("handshake"),
        /** The client does not read what it is sent. */
        OUTBOUND("outbound"),
        /** The log takes no more, and the look-ahead is used up. */
        INGRESS("ingress"),
        /** Too many messages of an MQTT 3 client wait for their answer. */
        UNACKNOWLEDGED("unacknowledged"),
        /** Too many SUBSCRIBEs and UNSUBSCRIBEs wait for their answer. */
        SUBSCRIBING("subscribing"),
        /** The client publishes faster than it may. */
        RATE("rate"),
        /** Others on its event loop come first; for a moment, and no fault of anybody. */
        TURN("turn");

        private final String id;

        Reason(String id) {
            this.id = id;
        }

        /** The label of {@code sluice_connections_paused}. */
        String id() {
            return id;
        }
    }

    private final Channel channel;
    private final ConnectionMeters meters;
    private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    private boolean closed;

    ReadGate(Channel channel, ConnectionMeters meters) {
        this.channel = channel;
        this.meters = meters;
    }

    void open() {
        channel.config().setAutoRead(true);
    }

    /** Sets or lifts one reason. */
    void hold(Reason reason, boolean hold) {
        Reason before = reason();
        boolean changed = hold ? reasons.add(reason) : reasons.remove(reason);
        Reason after = changed ? reason() : before;
        if (before != after && !closed) {
            count(before, -1);
            count(after, 1);
            // The autoRead flag is volatile and costly to write: only when it changes.
            if (before == null || after == null) {
                channel.config().setAutoRead(after == null);
            }
        }
    }

    /** Whether the socket is not read now. */
    boolean isHeld() {
        return !reasons.isEmpty();
    }

    /** Whether it is not read for another reason than that others come first for a moment. */
    boolean isHeldForLong() {
        Reason first = reason();
        return first != null && first != Reason.TURN;
    }

    private void count(@Nullable Reason reason, int change) {
        if (reason != null) {
            meters.paused(reason, change);
        }
    }

    /** Why the socket is held, the first of the reasons where there are several; null while it is read. */
    @Nullable
    Reason reason() {
        return reasons.isEmpty() ? null : reasons.iterator().next();
    }

    void close() {
        if (!closed) {
            count(reason(), -1);
        }
        closed = true;
    }
}
