package io.sluice.mqtt.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.Sweeps;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@SuppressWarnings("all")
class SweepFaultsTest {

    static final LogPartition A = new LogPartition("a", 0);
    static final LogPartition B = new LogPartition("b", 0);
    static final LogPartition D1 = new LogPartition("d", 1);
    static final LogPartition D2 = new LogPartition("d", 2);

    final FakeTime time = new FakeTime();
    final Loop planner = time.loop();
    final Loop loop = time.loop();
    final Set<LogPartition> dead = new HashSet<>();
    long end = 3;

    final Egress log = new Egress() {
        public Mono<Reading> open(TopicFilter filter, Collection<LogPartition> held, StartListener listener) {
            return Mono.never();
        }

        public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
            if (dead.contains(partition)) {
                return Mono.never();
            }
            return Mono.create(sink -> loop.schedule(Duration.ofMillis(2), () -> {
                List<LogRecord> records = new ArrayList<>();
                long to = Math.max(from, Math.min(end, from + 20));
                for (long o = from; o < to; o++) {
                    records.add(new LogRecord(o, 0, Message.of(partition.topic() + "/1", Qos.AT_LEAST_ONCE, "x" + o)));
                }
                sink.success(new LogBatch(partition, from, to, 0, records));
            }));
        }

        public void resume() {}
    };

    SharedSweeps sweeps(SweepSettings settings) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        return new SharedSweeps(
                planner, log, settings, l -> p -> 1_000_000_000L, new SessionMeters(registry), registry);
    }

    class Rider implements Sweeps.Rider {
        final SharedSweeps sweeps;
        final LogPartition partition;
        final boolean again;
        long taken;
        long standsAt = -1;
        int room = 10;
        int delay = 3;
        Sweeps.Ride ride;

        Rider(SharedSweeps sweeps, LogPartition partition, boolean again) {
            this.sweeps = sweeps;
            this.partition = partition;
            this.again = again;
        }

        void board(long from, long lag, int room) {
            ride = sweeps.board(partition, from, lag, room, List.of(TopicFilter.of(partition.topic() + "/#")), this);
        }

        public Loop loop() {
            return loop;
        }

        public boolean onRecord(OutboundMessage message, long offset) {
            taken++;
            return true;
        }

        public boolean onTailReached(long next) {
            return false;
        }

        public void onPutOff(long next) {
            standsAt = next;
        }

        public void onGone() {}

        public void onLost(long records) {}

        public void afterBatch() {
            if (again && standsAt >= 0) {
                long from = standsAt;
                standsAt = -1;
                // As a client does that answers at once: there is room again a few ms later.
                loop.schedule(Duration.ofMillis(delay), () -> board(from, 1_000_000, room));
            }
        }
    }

    @Test
    void whoIsFullAndLeavesBeforeTheBatchIsWorkedOffStandsWhereHeBecameFull() {
        SharedSweeps sweeps = sweeps(SweepSettings.DEFAULTS);
        Rider full = new Rider(sweeps, A, false);
        Rider other = new Rider(sweeps, A, false) {
            @Override
            public boolean onRecord(OutboundMessage message, long offset) {
                if (offset == 2) {
                    full.ride.leave();
                }
                return super.onRecord(message, offset);
            }
        };
        full.board(0, 10, 1);
        other.board(0, 10, 100);
        time.advance(Duration.ofMillis(100));
        assertThat(other.taken).isEqualTo(3);
        assertThat(full.taken).isEqualTo(1);
        assertThat(full.standsAt).as("told to stand anywhere").isEqualTo(-1);
        assertThat(full.ride.next()).isEqualTo(1);
    }

    @Test
    void aLoopForgetsTheSweepWhoseLastRiderHasLeft() throws Exception {
        SharedSweeps sweeps = sweeps(SweepSettings.DEFAULTS);
        for (int i = 0; i < 10; i++) {
            Rider rider = new Rider(sweeps, new LogPartition("a", i), false);
            rider.board(0, 10, 1000);
            time.advance(Duration.ofMillis(105));
            assertThat(rider.taken).isEqualTo(3);
            rider.ride.leave();
            time.advance(Duration.ofSeconds(5));
        }
        Field loopsField = SharedSweeps.class.getDeclaredField("loops");
        loopsField.setAccessible(true);
        Field sweepsField = LoopSweeps.class.getDeclaredField("sweeps");
        sweepsField.setAccessible(true);
        int left = 0;
        for (Object one : ((Map<?, ?>) loopsField.get(sweeps)).values()) {
            left += ((Map<?, ?>) sweepsField.get(one)).size();
        }
        assertThat(left).as("sweeps that a loop remembers though nobody rides").isZero();
    }

    @Test
    void aPartitionThatIsGoneDoesNotKeepItsPlace() {
        dead.add(D1);
        dead.add(D2);
        SharedSweeps sweeps = sweeps(new SweepSettings(2, 1000, 4096, 1000, Duration.ofSeconds(1)));
        Rider one = new Rider(sweeps, D1, false);
        Rider two = new Rider(sweeps, D2, false);
        one.board(0, 10, 1000);
        two.board(0, 10, 1000);
        time.advance(Duration.ofSeconds(1));
        one.ride.leave();
        two.ride.leave();
        Rider rider = new Rider(sweeps, B, false);
        rider.board(0, 10, 1000);
        time.advance(Duration.ofMinutes(10));
        assertThat(rider.taken)
                .as("caught up after those of the deleted topic have even gone")
                .isEqualTo(3);
    }

    @Test
    void aPartitionThatIsGoneDoesNotKeepItsPlaceFromThoseOfOthers() {
        dead.add(D1);
        dead.add(D2);
        SharedSweeps sweeps = sweeps(new SweepSettings(2, 1000, 4096, 1000, Duration.ofSeconds(1)));
        Rider one = new Rider(sweeps, D1, false);
        Rider two = new Rider(sweeps, D2, false);
        one.board(0, 10, 1000);
        two.board(0, 10, 1000);
        time.advance(Duration.ofSeconds(1));
        Rider rider = new Rider(sweeps, B, false);
        rider.board(0, 10, 1000);
        time.advance(Duration.ofMinutes(1));
        assertThat(rider.taken)
                .as("caught up although those of the deleted topic wait")
                .isEqualTo(3);
    }

    @Test
    void oneBusyPartitionDoesNotStarveAnother() {
        end = 10_000_000;
        SharedSweeps sweeps = sweeps(new SweepSettings(2, 1000, 16, 1000, Duration.ofSeconds(1)));
        Rider busy = new Rider(sweeps, A, true);
        busy.board(0, 1_000_000, 10);
        time.advance(Duration.ofMillis(20));
        Rider other = new Rider(sweeps, B, true);
        other.board(0, 1_000_000, 10);
        time.advance(Duration.ofSeconds(60));
        assertThat(other.taken)
                .as("the other got something while the busy one got " + busy.taken)
                .isGreaterThan(0);
    }

    @Test
    void manyBusyRidersDoNotStarveAnotherPartition() {
        end = 10_000_000;
        SharedSweeps sweeps = sweeps(new SweepSettings(2, 1000, 16, 1000, Duration.ofSeconds(1)));
        List<Rider> busy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Rider one = new Rider(sweeps, A, true);
            one.room = 25 + i;
            one.delay = 1 + i % 7;
            one.board(0, 1_000_000, one.room);
            busy.add(one);
            time.advance(Duration.ofMillis(1));
        }
        Rider other = new Rider(sweeps, B, true);
        other.board(0, 1_000_000, 10);
        time.advance(Duration.ofSeconds(60));
        long taken = busy.stream().mapToLong(one -> one.taken).sum();
        assertThat(other.taken)
                .as("the other got something while the busy ones got " + taken)
                .isGreaterThan(0);
    }

    @Test
    void twoBusyRidersDoNotStarveAnotherPartition() {
        end = 10_000_000;
        SharedSweeps sweeps = sweeps(new SweepSettings(2, 1000, 16, 1000, Duration.ofSeconds(1)));
        Rider busy = new Rider(sweeps, A, true);
        busy.board(0, 1_000_000, 10);
        time.advance(Duration.ofMillis(4));
        Rider busy2 = new Rider(sweeps, A, true);
        busy2.board(0, 1_000_000, 10);
        time.advance(Duration.ofMillis(20));
        Rider other = new Rider(sweeps, B, true);
        other.board(0, 1_000_000, 10);
        time.advance(Duration.ofSeconds(60));
        assertThat(other.taken)
                .as("the other got something while the busy ones got " + (busy.taken + busy2.taken))
                .isGreaterThan(0);
    }
}
