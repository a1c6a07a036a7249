package io.sluice.mqtt.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a client has proved to be.
 *
 * @param userName its name, or null for nobody in particular
 * @param groups what rules may ask for besides the name
 * @param expiryEpochMillis when the proof ends, in ms since 1970, and with it the connection; {@link #NEVER}
 * @param proof what its authenticator wants to know again in {@link Authenticator#isStillValid}, e.g. a digest of what
 *     the client was held against; means nothing to anybody else, and tells no secret; empty for none
 */
public record Principal(@Nullable String userName, Set<String> groups, long expiryEpochMillis, String proof) {

    public static final long NEVER = Long.MAX_VALUE;

    /** Nobody in particular. */
    public static final Principal ANONYMOUS = new Principal(null, Set.of(), NEVER);

    public Principal(@Nullable String userName, Set<String> groups, long expiryEpochMillis) {
        this(userName, groups, expiryEpochMillis, "");
    }

    public Principal {
        groups = Set.copyOf(groups);
    }

    /** A user without groups, for as long as it is connected. */
    public static Principal user(String userName) {
        return new Principal(userName, Set.of(), NEVER);
    }
}
