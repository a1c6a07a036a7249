package io.sluice.app.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP port for operators.
 *
 * @param bind the address
 * @param auth who may do more than look, from elsewhere than this machine; null for nobody
 */
@Later({"console"})
public record ManagementConfig(
        @Key(value = "The address, `host:port`. Port 0 takes any free port.", byDefault = "127.0.0.1:8080")
        HostAndPort bind,

        @Key("Who may do more than look at metrics and health, besides those on this machine. Absent: nobody else.")
        @Nullable
        ManagementAuth auth) {

    /** What proves who may. */
    public enum Type {
        /** A user name and a password (RFC 7617). */
        BASIC,
        /** A token (RFC 6750). */
        BEARER
    }

    /**
     * Who may do more than look.
     *
     * @param type what proves it
     * @param file of users, or of the token
     */
    public record ManagementAuth(
            @Key(
                    value =
                            "What proves who somebody is: a user's password (`basic`) or a token (`bearer`). Both are readable "
                                    + "on the way, so that the port should be reached by TLS of a proxy, or inside of a cluster.",
                    byDefault = Key.REQUIRED)
            Type type,

            @Key(
                    value =
                            "For `basic` the file of users that `sluice passwd` writes; for `bearer` one with a token in its "
                                    + "only line, of 16 characters at least. It is read again when it changes.",
                    byDefault = Key.REQUIRED)
            Path file) {}
}
