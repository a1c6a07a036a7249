package io.sluice.mqtt.connection;

import io.netty.channel.Channel;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whether the socket is read. It is held for as long as there is any reason to: TCP then pushes back on the device.
 * Confined to its loop.
 */
final class ReadGate {

    /** Why a socket is not read. */
    enum Reason {
        /** CONNECT is being answered. */
        HANDSHAKE,
        /** The log takes no more, and the look-ahead is used up. */
        INGRESS,
        /** Too many messages of an MQTT 3 client wait for their answer. */
        UNACKNOWLEDGED,
        /** The client does not read what it is sent. */
        OUTBOUND
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

    /** Sets or lifts one reason. Returns whether the socket is held now. */
    boolean hold(Reason reason, boolean hold) {
        boolean wasHeld = isHeld();
        if (hold) {
            reasons.add(reason);
        } else {
            reasons.remove(reason);
        }
        // The autoRead flag is volatile and costly to write: only when it changes.
        if (wasHeld != isHeld() && !closed) {
            channel.config().setAutoRead(!isHeld());
            meters.paused(isHeld() ? 1 : -1);
        }
        return isHeld();
    }

    boolean isHeld() {
        return !reasons.isEmpty();
    }

    void close() {
        if (isHeld() && !closed) {
            meters.paused(-1);
        }
        closed = true;
    }
}
