package io.sluice.mqtt.session;

import java.util.HashSet;
import java.util.Set;

/**
 * The QoS 2 messages of a client that are received and not released (MQTT 5, section 4.3.3). Confined to the session's
 * loop.
 */
public final class InboundQos2 {

    private final Set<Integer> received;
    private final Set<Integer> pending = new HashSet<>();
    private Runnable onSettled = () -> {};

    InboundQos2(Set<Integer> received) {
        this.received = new HashSet<>(received);
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

    /** PUBREL has come: forgets the id. Returns whether it was known. */
    public boolean onRelease(int packetId) {
        return received.remove(packetId);
    }

    /** How many messages are outstanding: being stored, or stored and not released. */
    public int outstandingCount() {
        return pending.size() + received.size();
    }

    Set<Integer> received() {
        return Set.copyOf(received);
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
