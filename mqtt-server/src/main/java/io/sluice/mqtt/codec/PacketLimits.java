package io.sluice.mqtt.codec;

/**
 * How much of a packet is read: what is more is refused before anything is made of it. Immutable.
 *
 * @param packetBytesMax of a whole packet with its fixed header: our Maximum Packet Size
 * @param unauthenticatedBytesMax the same, of a peer that has not proved yet who it is: where it is more than the other, that
 *     one counts
 * @param clientIdBytesMax of a client id, in UTF-8
 * @param userPropertiesMax user properties of a packet; those of a will count for themselves
 * @param filtersMax topic filters of a SUBSCRIBE or an UNSUBSCRIBE
 * @param topicLevelsMax levels of a topic filter
 */
public record PacketLimits(
        int packetBytesMax,
        int unauthenticatedBytesMax,
        int clientIdBytesMax,
        int userPropertiesMax,
        int filtersMax,
        int topicLevelsMax) {

    /** Those of a Sluice that is not configured. */
    public static final PacketLimits DEFAULTS = new PacketLimits(1 << 20, 64 << 10, 256, 100, 1_000, 128);

    /** The defaults but for these two. */
    public static PacketLimits of(int packetBytesMax, int clientIdBytesMax) {
        return new PacketLimits(
                packetBytesMax,
                DEFAULTS.unauthenticatedBytesMax,
                clientIdBytesMax,
                DEFAULTS.userPropertiesMax,
                DEFAULTS.filtersMax,
                DEFAULTS.topicLevelsMax);
    }

    /** The most bytes of a packet from somebody who is authenticated, or not yet. */
    int bytesMax(boolean authenticated) {
        return authenticated ? packetBytesMax : Math.min(packetBytesMax, unauthenticatedBytesMax);
    }
}
