package io.sluice.mqtt.connection;

/**
 * How many QoS 1 and QoS 2 messages an MQTT 5 client may send, as the client itself counts (section 4.9): each PUBLISH
 * takes one, and each PUBACK, PUBCOMP or refusing PUBREC gives one back, whatever message it was about. So one that
 * finishes what an earlier connection has begun may have as many more under way. The client counts no more than the
 * Receive Maximum when it reads what gives one back, and the server cannot know what it has sent by then: here it is twice
 * that. Confined to its loop.
 */
final class ReceiveQuota {

    private final int receiveMaximum;
    private int left;

    /**
     * @param receiveMaximum what CONNACK said
     */
    ReceiveQuota(int receiveMaximum) {
        this.receiveMaximum = receiveMaximum;
        this.left = receiveMaximum;
    }

    /** What CONNACK said. */
    int receiveMaximum() {
        return receiveMaximum;
    }

    /** The most that may be under way, whatever it is about and of which connection. */
    int bound() {
        return 2 * receiveMaximum;
    }

    boolean isUsedUp() {
        return left <= 0;
    }

    void take() {
        left--;
    }

    void giveBack() {
        left = Math.min(bound(), left + 1);
    }
}
