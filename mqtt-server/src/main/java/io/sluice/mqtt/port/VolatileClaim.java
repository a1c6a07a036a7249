package io.sluice.mqtt.port;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A claim that nothing need outlive while it goes on: its owner's own state is the newest, and there is nothing to be
 * made durable. What is left behind is said by {@link #release} alone.
 */
public abstract class VolatileClaim implements SessionStore.Claim {

    @Override
    public @Nullable SessionState state() {
        return null;
    }

    @Override
    public Mono<Void> save(SessionState state) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> saveDelivery(SessionState.InFlight delivery) {
        return Mono.empty();
    }

    @Override
    public void onReceived(int packetId) {}

    @Override
    public Mono<Void> forgetReceived(Collection<Integer> packetIds) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> discard() {
        return Mono.empty();
    }
}
