package io.sluice.app.config;

import org.jspecify.annotations.Nullable;

/**
 * Where devices connect.
 *
 * @param type the transport
 * @param bind the address
 * @param path the WebSocket's path
 * @param auth who may connect, or null when nothing is said
 * @param limits of this listener
 */
@Later({"tls", "proxy-protocol", "allowed-origins"})
public record ListenerConfig(
        @Key(value = "The transport.", byDefault = Key.REQUIRED) @Later({"tls", "wss"})
        Type type,

        @Key(value = "The address, `host:port`. Port 0 takes any free port.", byDefault = Key.REQUIRED)
        HostAndPort bind,

        @Key(value = "The path of the WebSocket; for type ws only.", byDefault = "/mqtt")
        String path,

        @Key(
                "Who may connect. `none`: anyone, and it is meant, which silences the warning on an address that is not loopback.")
        @Later({"password-file", "client-certificate", "jwt"})
        @Nullable
        Auth auth,

        @Key("Limits of this listener.") ListenerLimits limits) {

    /** A transport. */
    public enum Type {
        TCP,
        WS
    }

    /** How a client proves who it is. */
    public enum Auth {
        NONE
    }

    /**
     * Limits of a listener.
     *
     * @param connections the most connections, or 0 for no limit but the process's
     */
    @Later({"connect-rate"})
    public record ListenerLimits(
            @Key(
                    value = "The most connections; 0 for no limit but `limits.connections`.",
                    byDefault = "0",
                    min = "0",
                    unit = "connections")
            int connections) {}
}
