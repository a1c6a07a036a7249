package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Two devices with one client id, and what they cost everybody else. */
final class PacedClaimsTest {

    private static final ClientId TWINS = new ClientId("twins");
    private static final int BURST = 20;

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> claimed = new ArrayList<>();
    private final List<String> superseded = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private boolean failing;
    private Runnable meanwhile = () -> {};
    private final PacedClaims claims =
            new PacedClaims(new Noting(), List.of(time.loop()), 10, new byte[PacedClaims.KEY_BYTES], registry);

    /** Who claims. */
    private record Device(String name, List<String> superseded, AtomicBoolean gone) implements SessionStore.Owner {
        @Override
        public void onSuperseded() {
            superseded.add(name);
        }

        @Override
        public boolean isGone() {
            return gone.get();
        }
    }

    private Device device(String name) {
        return new Device(name, superseded, new AtomicBoolean());
    }

    /** Says who has claimed what, in order. */
    private final class Noting implements SessionStore {
        @Override
        public Mono<Claim> claim(ClientId clientId, Owner owner) {
            if (failing) {
                throw new IllegalStateException("the log is closed");
            }
            claimed.add(((Device) owner).name());
            meanwhile.run();
            return Mono.never();
        }

        @Override
        public Mono<Claim> claimForConnection(ClientId clientId, Owner owner) {
            claimed.add(((Device) owner).name() + " for its connection");
            return Mono.never();
        }
    }

    private void claim(ClientId clientId, String name) {
        claim(clientId, device(name));
    }

    private void claim(ClientId clientId, Device device) {
        String name = device.name();
        claims.claim(clientId, device).subscribe(claim -> {}, error -> failed.add(name + ": " + error.getMessage()));
    }

    private void burst() {
        for (int i = 0; i < BURST; i++) {
            claim(TWINS, "early");
        }
        assertThat(claimed).hasSize(BURST).containsOnly("early");
        claimed.clear();
    }

    @Test
    void ofThoseWhoMustWaitTheNewestDoes() {
        burst();

        claim(TWINS, "a");
        claim(TWINS, "b");
        claim(TWINS, "c");
        assertThat(claimed).isEmpty();
        assertThat(superseded).containsExactly("a", "b");

        time.advance(Duration.ofMillis(100));
        assertThat(claimed).containsExactly("c");
        assertThat(superseded).containsExactly("a", "b");
        assertThat(registry.get("sluice.claims.delayed").counter().count()).isEqualTo(3);
    }

    /** Each comes back as soon as it is sent away, for ten seconds. */
    @Test
    void whoFlapsClaimsTenTimesASecond() {
        for (int millis = 0; millis < 10_000; millis += 5) {
            claim(TWINS, "at " + millis);
            time.advance(Duration.ofMillis(5));
        }

        assertThat(claimed).hasSizeBetween(100 + BURST - 1, 100 + BURST + 1).doesNotHaveDuplicates();
        assertThat(claimed.size() + superseded.size()).as("one may wait").isBetween(1_999, 2_000);
    }

    @Test
    void whoHasBeenQuietMayComeAtOnceAgain() {
        burst();

        time.advance(Duration.ofSeconds(2));

        burst();
    }

    @Test
    void othersDoNotWait() {
        burst();

        for (int i = 0; i < 1_000; i++) {
            claim(new ClientId("other-" + i), "other");
        }

        assertThat(claimed).hasSize(1_000);
    }

    @Test
    void aClaimThatWaitedIsOfItsKind() {
        burst();

        claims.claimForConnection(TWINS, device("a")).subscribe();
        time.advance(Duration.ofMillis(100));

        assertThat(claimed).containsExactly("a for its connection");
    }

    @Test
    void aClaimThatFailsFailsForWhoWaited() {
        burst();
        claim(TWINS, "a");
        failing = true;

        time.advance(Duration.ofMillis(100));

        assertThat(failed).containsExactly("a: the log is closed");
    }

    @Test
    void groupsOfSharedSubscriptionsAreNotPaced() {
        ClientId group = new ClientId(SharedGroups.PREFIX + "group");
        for (int i = 0; i < 100; i++) {
            claim(group, "group");
        }

        assertThat(claimed).hasSize(100);
    }

    @Test
    void whoIsGoneByThenDoesNotClaim() {
        burst();
        Device device = device("gone");
        claim(TWINS, device);

        device.gone().set(true);
        time.advance(Duration.ofMillis(100));
        assertThat(claimed).isEmpty();

        claim(TWINS, "b");
        time.advance(Duration.ofMillis(100));
        assertThat(claimed).containsExactly("b");
    }

    /** On another loop, at the moment at which the one before has its turn. */
    @Test
    void nobodyPassesOneByThatClaims() {
        burst();
        claim(TWINS, "a");
        meanwhile = () -> {
            meanwhile = () -> {};
            claim(TWINS, "b");
        };

        time.advance(Duration.ofMillis(100));
        assertThat(claimed).containsExactly("a");
        assertThat(superseded).as("by the store alone").isEmpty();

        time.advance(Duration.ofMillis(100));
        assertThat(claimed).containsExactly("a", "b");
    }

    /** Their hash codes are equal: 2,000 names for one. */
    @Test
    void nobodyChoosesToShareAnothersPace() {
        burst();
        List<String> names = new ArrayList<>(List.of(""));
        for (int i = 0; i < 11; i++) {
            List<String> longer = new ArrayList<>();
            names.forEach(name -> longer.addAll(List.of(name + "Aa", name + "BB")));
            names = longer;
        }
        assertThat(names.stream().map(String::hashCode).distinct()).hasSize(1);

        names.forEach(name -> claim(new ClientId(name), "namesake"));

        assertThat(claimed).hasSize(names.size());
    }

    @Test
    void nobodyWaitsLongerThanAnInterval() {
        Pace pace = new Pace(new byte[Pace.KEY_BYTES], Duration.ofMillis(100), BURST);
        long waits = 0;
        for (int i = 0; i < 10_000; i++) {
            waits = pace.take("one", 1);
        }

        assertThat(Duration.ofNanos(waits)).isEqualTo(Duration.ofMillis(100));
    }
}
