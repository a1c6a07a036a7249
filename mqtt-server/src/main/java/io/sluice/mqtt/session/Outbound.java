package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;

/** A session's way to its socket. Confined to the session's loop. */
public interface Outbound {

    /** Whether the socket takes more: false while what was written before waits above the high water mark. */
    boolean isWritable();

    /**
     * Whether the packet fits what the client accepts [MQTT-3.1.2-24].
     *
     * @param identifiers Subscription Identifiers, empty for none
     */
    boolean fits(OutboundMessage message, Qos qos, int[] identifiers);

    /**
     * Writes a PUBLISH without flushing.
     *
     * @param packetId 0 at QoS 0
     * @param expirySeconds the remaining Message Expiry Interval, -1 for none
     */
    void publish(
            OutboundMessage message,
            boolean dup,
            Qos qos,
            boolean retain,
            int packetId,
            int[] identifiers,
            long expirySeconds);

    /** Writes a PUBREL without flushing. */
    void pubRel(int packetId, boolean found);

    /** Flushes what was written. */
    void flush();

    /** Something that must not happen has happened: ends the connection, the process goes on. */
    void fail(Throwable bug);
}
