package io.sluice.mqtt.port;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has left a will: what the rules are asked about again when it is published.
 *
 * @param userName its name, or null for nobody in particular
 * @param groups what rules may ask for besides the name
 * @param listener where it came in
 * @param source its address as text, or null when it is not known
 */
public record WillOwner(
        @Nullable String userName,
        Set<String> groups,
        String listener,
        @Nullable String source) {

    public WillOwner {
        groups = Set.copyOf(groups);
    }
}
