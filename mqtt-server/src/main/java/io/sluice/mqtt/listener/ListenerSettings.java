package io.sluice.mqtt.listener;

/**
 * One listener as configured.
 *
 * @param name in logs and metrics
 * @param host the address to bind, a name or a literal
 * @param port 0 for any that is free
 * @param path of the WebSocket; unused for {@link Type#TCP}
 * @param maxPacketSize in bytes: our Maximum Packet Size
 * @param maxClientIdLength in bytes of UTF-8
 * @param backlogMax connections that the kernel holds before they are accepted
 * @param writeBufferBytesLow below this a connection that was unwritable is writable again
 * @param writeBufferBytesHigh above this a connection is unwritable, and the session stops offering
 */
public record ListenerSettings(
        String name,
        Type type,
        String host,
        int port,
        String path,
        int maxPacketSize,
        int maxClientIdLength,
        int backlogMax,
        int writeBufferBytesLow,
        int writeBufferBytesHigh) {

    /** How bytes travel. Listeners over TLS will be further types. */
    public enum Type {
        TCP,
        WS
    }

    /** What nobody has to configure: a backlog for a fleet that returns at once, and Netty's water marks. */
    public static ListenerSettings of(
            String name, Type type, String host, int port, int maxPacketSize, int maxClientIdLength) {
        return new ListenerSettings(
                name, type, host, port, "/mqtt", maxPacketSize, maxClientIdLength, 4_096, 32 * 1_024, 64 * 1_024);
    }
}
