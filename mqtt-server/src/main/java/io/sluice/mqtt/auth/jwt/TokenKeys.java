package io.sluice.mqtt.auth.jwt;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where keys come from. Safe for all threads. */
public sealed interface TokenKeys permits FixedKeys, JwksUrl {

    /** The keys of now; null as long as there have never been any. */
    @Nullable
    KeySet current();

    /**
     * Looks for newer keys, if that is not too soon. Not for event loops.
     *
     * @return completes when that is done, whether there were any or not; at once if it is too soon
     */
    CompletionStage<?> refresh();
}
