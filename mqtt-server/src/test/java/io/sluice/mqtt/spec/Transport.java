package io.sluice.mqtt.spec;

import java.io.IOException;

/** How the bytes of a test travel. */
enum Transport {
    /** What is sent together is written together. */
    TCP,
    /** Each byte is written alone. */
    TCP_BY_BYTES,
    /** A frame for each write. */
    WEB_SOCKET,
    /** A frame for each byte, so that every packet is split everywhere. */
    WEB_SOCKET_BY_BYTES;

    boolean isWebSocket() {
        return this == WEB_SOCKET || this == WEB_SOCKET_BY_BYTES;
    }

    boolean isByBytes() {
        return this == TCP_BY_BYTES || this == WEB_SOCKET_BY_BYTES;
    }

    Line open(SpecServer server) throws IOException {
        int chunk = isByBytes() ? 1 : Integer.MAX_VALUE;
        return isWebSocket() ? new WebSocketLine(server.webSocketPort(), chunk) : new TcpLine(server.tcpPort(), chunk);
    }
}
