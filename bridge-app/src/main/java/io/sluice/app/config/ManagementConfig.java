package io.sluice.app.config;

/**
 * The HTTP port for operators.
 *
 * @param bind the address
 */
@Later({"console", "auth"})
public record ManagementConfig(
        @Key(value = "The address, `host:port`. Port 0 takes any free port.", byDefault = "127.0.0.1:8080")
        HostAndPort bind) {}
