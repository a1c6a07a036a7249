package io.sluice.mqtt.session;

import java.util.HashSet;
import java.util.Set;

/**
 * The QoS 2 messages of a client that are received and not released (MQTT 5, section 4.3.3). Confined to the session's
 * loop.
 */
public final class InboundQos2 {

    private final Set<Integer> received;
    /** Of those the ones of an earlier connection. */
    private final Set<Integer> earlier;

    private final Set<Integer> pending = new HashSet<>();
    private final Set<Integer> releasing = new HashSet<>();
    private Runnable onSettled = () -> {};

    InboundQos2(Set<Integer> received) {
        this.received = new HashSet<>(received);
        this.earlier = new HashSet<>(received);
    }

    /** Whether a PUBLISH with this id is a repetition: no second delivery [MQTT-4.3.3-10]. */
    public boolean isKnown(int packetId) {
        return received.contains(packetId) || pending.contains(packetId);
    }

    /** Whether the message with this id is stored: its PUBREC may go out, again and again. */
    public boolean isReceived(int packetId) {
        return received.contains(packetId);
    }

    /** A new message has come, and is being stored. */
    public void onPublish(int packetId) {
        pending.add(packetId);
    }

    /** The message is stored: its id stays until it is released. */
    public void onStored(int packetId) {
        received.add(packetId);
        settle(packetId);
    }

    /** The message was refused: the id is free again. */
    public void onRefused(int packetId) {
        settle(packetId);
    }

    private void settle(int packetId) {
        pending.remove(packetId);
        if (pending.isEmpty()) {
            onSettled.run();
        }
    }

    /** What a PUBREL means. */
    public enum Release {
        /** The id is unknown: it was forgotten before, or never seen. */
        UNKNOWN,
        /** The id is to be forgotten; then PUBCOMP may go out. */
        BEGUN,
        /** It is being forgotten already: the PUBCOMP that follows answers this PUBREL as well. */
        UNDER_WAY
    }

    /** PUBREL has come: the id is forgotten when {@link #onForgotten} says so. */
    public Release onRelease(int packetId) {
        if (releasing.contains(packetId)) {
            return Release.UNDER_WAY;
        }
        if (!received.contains(packetId)) {
            return Release.UNKNOWN;
        }
        releasing.add(packetId);
        return Release.BEGUN;
    }

    /** The id is forgotten, as durably as it was known. */
    public void onForgotten(int packetId) {
        received.remove(packetId);
        releasing.remove(packetId);
        earlier.remove(packetId);
    }

    /**
     * How many messages of this connection are outstanding: being stored, or stored and not released. Those of earlier
     * connections are not counted, as the client's quota begins anew with each (section 4.9); their PUBREL takes none.
     */
    public int outstandingCount() {
        return pending.size() + received.size() - earlier.size();
    }

    /** How many messages of earlier connections are not released. */
    public int earlierCount() {
        return earlier.size();
    }

    /** What must be remembered: not what the client has released, as that is being forgotten in the log. */
    Set<Integer> received() {
        Set<Integer> kept = new HashSet<>(received);
        kept.removeAll(releasing);
        return kept;
    }

    /** Runs the task when no message is being stored any more: at once, or once. */
    void whenSettled(Runnable task) {
        if (pending.isEmpty()) {
            task.run();
        } else {
            onSettled = task;
        }
    }
}
