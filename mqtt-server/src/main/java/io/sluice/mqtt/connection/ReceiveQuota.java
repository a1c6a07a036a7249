package io.sluice.mqtt.connection;

/**
 * How many QoS 1 and QoS 2 messages an MQTT 5 client may send, as the client itself counts (section 4.9): each PUBLISH
 * takes one, and each PUBACK, PUBCOMP or refusing PUBREC gives one back, up to the Receive Maximum that it was told,
 * whatever message it was about. So one that finishes what an earlier connection has begun may have as many more under
 * way. Confined to its loop.
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

    boolean isUsedUp() {
        return left <= 0;
    }

    void take() {
        left--;
    }

    void giveBack() {
        left = Math.min(receiveMaximum, left + 1);
    }
}
