package io.sluice.app.security.attempts;

import io.sluice.app.it.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody tries who may not.
 *
 * @param what in words, for the page
 * @param answer3 what an MQTT 3.1.1 client is answered, in the words of {@link Answers}; null where it cannot try
 * @param answer5 the same for MQTT 5
 * @param trial tries it
 */
record Attempt(
        Area area,
        String what,
        @Nullable String answer3,
        @Nullable String answer5,
        Trial trial) {

    /** Tries it, and says what came back. */
    @FunctionalInterface
    interface Trial {
        String by(AttackedSluice sluice, Protocol protocol) throws Exception;
    }

    /** It is no matter of the version of MQTT, and tried once. */
    static Attempt once(Area area, String what, String answer, Trial trial) {
        return new Attempt(area, what, answer, answer, trial);
    }

    /** Whether both versions are answered alike, and one trial is enough. */
    boolean isOnce() {
        return answer3 != null && answer3.equals(answer5);
    }

    @Override
    public String toString() {
        return area.title() + ": " + what;
    }
}
