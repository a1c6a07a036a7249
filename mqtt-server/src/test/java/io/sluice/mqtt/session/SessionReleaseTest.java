package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.VolatileClaim;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What a session that outlives its connection tells the log: of PUBREL, and when PUBCOMP goes out; of its end, and when a
 * will is due.
 */
final class SessionReleaseTest {

    private static final ClientId CLIENT = new ClientId("c");
    private static final Will WILL = new Will(
            new Message(
                    TopicName.of("gone"), Qos.AT_LEAST_ONCE, false, Payload.of("c"), MessageProperties.NONE, CLIENT),
            -1,
            0,
            null);

    private final FakeTime time = new FakeTime();
    private final Claimed claim = new Claimed();
    private final Session session = open(null);
    private final List<String> answers = new ArrayList<>();

    private Session open(@Nullable Will will) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
        SessionMeters meters = new SessionMeters(registry);
        Fanout fanout = new Fanout(index, meters, 64, registry);
        FakeLog log = new FakeLog();
        SessionContext context = new SessionContext(
                SessionSettings.DEFAULTS,
                index,
                log,
                new SharedSweeps(time.loop(), log, SweepSettings.DEFAULTS, fanout::tails, meters, registry),
                new InMemoryRetainedStore(1, registry),
                fanout::tails,
                meters);
        Sessions sessions =
                new Sessions((clientId, owner) -> Mono.just(claim), context, List.of(time.loop()), registry);
        SessionRequest request =
                new SessionRequest(CLIENT, time.loop(), new Unused(), false, 60, 10, will, Permissions.ALL);
        Session opened = sessions.open(request, claim);
        opened.start();
        return opened;
    }

    /** A log that is told what to forget, and says when it has. */
    private static final class Claimed extends VolatileClaim {
        final List<Collection<Integer>> forgotten = new ArrayList<>();
        final Sinks.Empty<Void> written = Sinks.empty();

        @Nullable
        SessionState left;

        int releases;

        @Override
        public Mono<Void> forgetReceived(Collection<Integer> packetIds) {
            forgotten.add(packetIds);
            return written.asMono();
        }

        @Override
        public void release(@Nullable SessionState state) {
            left = state;
            releases++;
        }
    }

    /** Nothing is delivered here. */
    private static final class Unused implements Outbound {
        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public boolean fits(OutboundMessage message, Qos qos, int[] identifiers) {
            return true;
        }

        @Override
        public void publish(OutboundMessage message, boolean dup, Qos qos, boolean retain, int id, int[] ids, long at) {
            throw new AssertionError("a delivery");
        }

        @Override
        public void pubRel(int packetId, boolean found) {
            throw new AssertionError("a delivery");
        }

        @Override
        public void flush() {}

        @Override
        public void fail(Throwable bug) {
            throw new AssertionError(bug);
        }
    }

    private void release(int packetId) {
        session.onPubRel(packetId, known -> answers.add(packetId + (known ? " done" : " unknown")));
    }

    @Test
    void whatOneReadReleasesIsForgottenTogetherAndAnsweredWhenThatIsWritten() {
        List.of(1, 2, 3).forEach(session::onReceived);

        release(1);
        release(3);
        release(9);
        assertThat(answers).containsExactly("9 unknown");
        time.run();

        assertThat(claim.forgotten).containsExactly(List.of(1, 3));
        assertThat(answers).as("before it is written").containsExactly("9 unknown");
        claim.written.tryEmitEmpty();
        time.run();
        assertThat(answers).containsExactly("9 unknown", "1 done", "3 done");
        assertThat(session.inboundQos2().received()).containsExactly(2);
    }

    @Test
    void whatAnotherReadReleasesIsForgottenByItself() {
        List.of(1, 2).forEach(session::onReceived);

        release(1);
        time.run();
        release(2);
        release(1);
        time.run();

        assertThat(claim.forgotten).containsExactly(List.of(1), List.of(2));
        assertThat(answers).isEmpty();
    }

    @Test
    void whoIsGoneByThenIsNotAnsweredAndLeavesNothingOfItBehind() {
        session.onReceived(1);
        session.onReceived(2);
        release(1);

        session.close(Ending.LOST, Runnable::run);
        time.run();

        assertThat(claim.forgotten).isEmpty();
        assertThat(answers).isEmpty();
        assertThat(Objects.requireNonNull(claim.left).receivedQos2()).containsExactly(2);
    }

    @Test
    void aWillWaitsForWhatItsClientPublished() {
        Session left = open(WILL);
        List<Runnable> whenPublished = new ArrayList<>();

        left.close(Ending.LOST, whenPublished::add);
        time.run();
        assertThat(claim.left).isNull();

        whenPublished.forEach(Runnable::run);
        assertThat(Objects.requireNonNull(claim.left).will()).isNotNull();
    }

    @Test
    void aWillDoesNotWaitForeverForWhatItsClientPublished() {
        Session left = open(WILL);
        List<Runnable> whenPublished = new ArrayList<>();

        left.close(Ending.LOST, whenPublished::add);
        time.advance(Session.PUBLISHED_TIMEOUT.minusMillis(1));
        assertThat(claim.releases).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(claim.releases).isOne();
        assertThat(Objects.requireNonNull(claim.left).will()).isNotNull();

        whenPublished.forEach(Runnable::run);
        assertThat(claim.releases).as("once").isOne();
    }

    /** Or it would be due by the time that it is left, though the client is back by then. */
    @Test
    void aWillWithADelayDoesNotWait() {
        Session left = open(new Will(WILL.message(), -1, 1, null));

        left.close(Ending.LOST, task -> {});

        assertThat(Objects.requireNonNull(claim.left).will()).isNotNull();
    }

    @Test
    void withoutAWillNothingIsWaitedFor() {
        session.close(Ending.LOST, task -> {});

        assertThat(claim.left).isNotNull();
    }
}
