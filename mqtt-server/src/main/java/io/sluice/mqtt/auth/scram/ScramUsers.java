package io.sluice.mqtt.auth.scram;

import io.sluice.mqtt.auth.Principal;
import org.jspecify.annotations.Nullable;

/** The users of now, for SCRAM. Safe for all threads. */
public interface ScramUsers {

    /**
     * One user.
     *
     * @param principal who it is, once it has proved it
     */
    record User(Principal principal, ScramCredential credential) {}

    /** The user of that name, normalised; null if there is none that can use SCRAM. */
    @Nullable
    User find(String userName);

    /** How many iterations an unknown user is made to compute: as many as most of the known ones. */
    int iterationsOfUnknown();

    /** Bytes of the salt that an unknown user gets: as many as most of the known ones have. */
    int saltBytesOfUnknown();
}
