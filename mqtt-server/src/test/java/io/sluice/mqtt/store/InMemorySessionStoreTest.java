package io.sluice.mqtt.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.SessionStore.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemorySessionStoreTest {

    private static final ClientId CLIENT = new ClientId("client");

    private final FakeTime time = new FakeTime();
    private final List<Message> wills = new ArrayList<>();
    private final AtomicInteger expired = new AtomicInteger();
    private final InMemorySessionStore store = new InMemorySessionStore(time.loop(), new Events());

    private final class Events implements InMemorySessionStore.Events {
        @Override
        public void onWillDue(Message will) {
            wills.add(will);
        }

        @Override
        public void onExpired() {
            expired.incrementAndGet();
        }
    }

    @Test
    void theLastClaimGetsTheStateAndThoseInBetweenNever() {
        List<Claim> granted = new ArrayList<>();
        AtomicInteger superseded = new AtomicInteger();
        store.claim(CLIENT, superseded::incrementAndGet).subscribe(granted::add);
        store.claim(CLIENT, superseded::incrementAndGet).subscribe(granted::add);
        store.claim(CLIENT, superseded::incrementAndGet).subscribe(granted::add);
        assertThat(granted).hasSize(1);
        SessionState left = state(Duration.ofHours(1), null);

        granted.get(0).release(left);

        assertThat(granted).hasSize(2);
        assertThat(granted.get(1).state()).isSameAs(left);
        assertThat(superseded).hasValue(2);
    }

    @Test
    void aSessionThatNobodyComesBackToExpires() {
        claim().release(state(Duration.ofSeconds(10), null));

        time.advance(Duration.ofSeconds(11));

        assertThat(expired).hasValue(1);
        assertThat(claim().state()).isNull();
    }

    @Test
    void aSessionIsKeptUntilItsExpiry() {
        claim().release(state(Duration.ofSeconds(10), null));

        time.advance(Duration.ofSeconds(9));

        assertThat(claim().state()).isNotNull();
        assertThat(expired).hasValue(0);
    }

    @Test
    void aWillIsPublishedOnceAfterItsDelay() {
        claim().release(state(Duration.ofHours(1), Duration.ofSeconds(5)));

        time.advance(Duration.ofSeconds(4));
        assertThat(wills).isEmpty();
        time.advance(Duration.ofHours(2));

        assertThat(wills).hasSize(1);
    }

    @Test
    void aWillWithALongerDelayIsPublishedWhenTheSessionEnds() {
        claim().release(state(Duration.ofSeconds(5), Duration.ofHours(1)));

        time.advance(Duration.ofSeconds(6));

        assertThat(wills).hasSize(1);
        assertThat(expired).hasValue(1);
    }

    @Test
    void whoComesBackWithinTheDelayCancelsTheWill() {
        claim().release(state(Duration.ofHours(1), Duration.ofSeconds(5)));
        time.advance(Duration.ofSeconds(4));

        Claim back = claim();

        time.advance(Duration.ofHours(2));
        assertThat(wills).isEmpty();
        assertThat(back.state()).isNotNull();
    }

    @Test
    void aWillOfAClientThatWasSentAwayIsPublishedWhenItStaysAway() {
        claim().release(drained(Duration.ofSeconds(60)));

        time.advance(Duration.ofSeconds(59));
        assertThat(wills).isEmpty();
        time.advance(Duration.ofSeconds(2));

        assertThat(wills).hasSize(1);
    }

    @Test
    void whoWasSentAwayAndComesBackCancelsItsWillEvenWithAnotherSession() {
        claim().release(drained(Duration.ofSeconds(60)));
        time.advance(Duration.ofSeconds(50));

        claim().discard().subscribe();

        time.advance(Duration.ofHours(2));
        assertThat(wills).isEmpty();
    }

    private SessionState drained(Duration grace) {
        SessionState left = state(grace, Duration.ZERO);
        StoredWill will = Objects.requireNonNull(left.will());
        return left.withWill(will.drainedUntil(time.epochMillis() + grace.toMillis()));
    }

    @Test
    void aSessionReleasedWithoutStateIsGone() {
        claim().release(null);

        assertThat(claim().state()).isNull();
    }

    private Claim claim() {
        List<Claim> granted = new ArrayList<>();
        store.claim(CLIENT, () -> {}).subscribe(granted::add);
        time.run();
        assertThat(granted).hasSize(1);
        return granted.get(0);
    }

    private SessionState state(Duration expiry, @org.jspecify.annotations.Nullable Duration willDelay) {
        long now = time.epochMillis();
        StoredWill will = willDelay == null
                ? null
                : new StoredWill(
                        Message.of("will", Qos.AT_LEAST_ONCE, "gone"),
                        -1,
                        willDelay.toSeconds(),
                        now + willDelay.toMillis(),
                        false,
                        null);
        return new SessionState(
                expiry.toSeconds(), now + expiry.toMillis(), List.of(), Map.of(), List.of(), Set.of(), will);
    }
}
