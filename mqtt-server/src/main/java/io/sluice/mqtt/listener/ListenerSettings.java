package io.sluice.mqtt.listener;

import io.sluice.mqtt.codec.PacketLimits;
import java.util.List;

/**
 * One listener as configured.
 *
 * @param name in logs and metrics
 * @param host the address to bind, a name or a literal
 * @param port 0 for any that is free
 * @param path of the WebSocket; unused for types without
 * @param packets how much of a packet is read
 * @param backlogMax connections that the kernel holds before they are accepted
 * @param writeBufferBytesLow below this a connection that was unwritable is writable again
 * @param writeBufferBytesHigh above this a connection is unwritable, and the session stops offering
 * @param proxy whether connections begin with a PROXY header
 * @param allowedOrigins which pages may open a WebSocket, {@code *} for any; requests without Origin always may
 */
public record ListenerSettings(
        String name,
        Type type,
        String host,
        int port,
        String path,
        PacketLimits packets,
        int backlogMax,
        int writeBufferBytesLow,
        int writeBufferBytesHigh,
        ProxySettings proxy,
        List<String> allowedOrigins) {

    /** How bytes travel. */
    public enum Type {
        TCP,
        TLS,
        WS,
        /** WebSocket over TLS. */
        WSS;

        public boolean isTls() {
            return this == TLS || this == WSS;
        }

        public boolean isWebSocket() {
            return this == WS || this == WSS;
        }
    }

    public ListenerSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /** What nobody has to configure: a backlog for a fleet that returns at once, and Netty's water marks. */
    public static ListenerSettings of(
            String name, Type type, String host, int port, int maxPacketSize, int maxClientIdLength) {
        return new ListenerSettings(
                name,
                type,
                host,
                port,
                "/mqtt",
                PacketLimits.of(maxPacketSize, maxClientIdLength),
                4_096,
                32 * 1_024,
                64 * 1_024,
                ProxySettings.OFF,
                List.of("*"));
    }
}
