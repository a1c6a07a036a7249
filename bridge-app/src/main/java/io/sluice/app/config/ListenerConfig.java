package io.sluice.app.config;

import io.sluice.mqtt.listener.ProxySettings;
import org.jspecify.annotations.Nullable;

/**
 * Where devices connect.
 *
 * @param type the transport
 * @param bind the address
 * @param path the WebSocket's path
 * @param allowedOrigins which pages may open a WebSocket, or null
 * @param proxyProtocol the PROXY header that connections begin with
 * @param proxyPeers who may send one, or null
 * @param tls for types with TLS, else null
 * @param auth the authentication's name, {@link #NO_AUTH}, or null when nothing is said
 * @param limits of this listener
 */
public record ListenerConfig(
        @Key(value = "The transport.", byDefault = Key.REQUIRED)
        Type type,

        @Key(value = "The address, `host:port`. Port 0 takes any free port.", byDefault = Key.REQUIRED)
        HostAndPort bind,

        @Key(value = "The path of the WebSocket; for types ws and wss only.", byDefault = "/mqtt")
        String path,

        @Key(
                "Which pages may open a WebSocket, by the Origin that their browser sends, e.g. `https://app.example`; `*` "
                        + "for any. Absent: any, but none where clients have certificates, which a browser shows for "
                        + "any page. Clients that are no browsers send none, and may.")
        @Nullable
        Words allowedOrigins,

        @Key(
                value =
                        "The version of the PROXY header with which a load balancer begins each connection to say whom it "
                                + "stands for: `off`, `v1` or `v2`. Where it is on, a connection without is closed.",
                byDefault = "off")
        ProxySettings.Version proxyProtocol,

        @Key("The networks of the load balancers that may send a PROXY header, e.g. `10.0.0.0/8`; others are closed.")
        @Nullable
        Words proxyPeers,

        @Key("TLS, for types tls and wss.") @Nullable TlsConfig tls,

        @Key("Who may connect: the name of one of `authentication`, or `none`: anyone, and it is meant, which silences "
                + "the warning on an address that is not loopback.")
        @Nullable
        String auth,

        @Key("Limits of this listener.") ListenerLimits limits) {

    /** That nobody has to say who he is, and that it is meant. */
    public static final String NO_AUTH = "none";

    /** A transport. */
    public enum Type {
        TCP,
        TLS,
        WS,
        WSS;

        boolean isTls() {
            return this == TLS || this == WSS;
        }

        boolean isWebSocket() {
            return this == WS || this == WSS;
        }
    }

    /**
     * Limits of a listener.
     *
     * @param connections the most connections, or 0 for no limit but the process's
     * @param connectRate how fast connections are accepted, or 0 for any rate
     */
    public record ListenerLimits(
            @Key(
                    value = "The most connections; 0 for no limit but `limits.connections`.",
                    byDefault = "0",
                    min = "0",
                    unit = "connections")
            int connections,

            @Key(
                    value =
                            "How fast connections are accepted; who comes faster waits in the kernel's queue. 0/s for no "
                                    + "limit but `limits.connect-rate`.",
                    byDefault = "0/s")
            Rate connectRate) {}
}
