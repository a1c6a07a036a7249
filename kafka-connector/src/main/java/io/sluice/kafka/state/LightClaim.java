package io.sluice.kafka.state;

import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionStore.Owner;
import io.sluice.mqtt.port.VolatileClaim;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The claim of a session that dies with its connection: granted before the log has it. Its number is in the log, its
 * epoch only once it is replayed.
 */
final class LightClaim extends VolatileClaim {
    private final Owner owner;
    private final Consumer<LightClaim> onReleased;
    private final CompletableFuture<Claimed> owned = new CompletableFuture<>();
    private final AtomicBoolean superseded = new AtomicBoolean();
    private final AtomicBoolean released = new AtomicBoolean();

    /** @param onReleased told of this claim when it is given up, once */
    LightClaim(Owner owner, Consumer<LightClaim> onReleased) {
        this.owner = owner;
        this.onReleased = onReleased;
    }

    void onOwned(Claimed claimed) {
        owned.complete(claimed);
    }

    /** Completes when the claim is replayed: never, when it never owns the session. */
    CompletionStage<Claimed> owned() {
        return owned;
    }

    void supersede() {
        if (superseded.compareAndSet(false, true)) {
            owner.onSuperseded();
        }
    }

    /** Nothing is left behind, whatever is given. */
    @Override
    public void release(@Nullable SessionState state) {
        if (released.compareAndSet(false, true)) {
            onReleased.accept(this);
        }
    }
}
