package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.delivery.Fanout;
import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.LogRecord;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.store.InMemorySessionStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import io.sluice.mqtt.sweep.SharedSweeps;
import io.sluice.mqtt.sweep.SweepSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@SuppressWarnings("all")
class SessionFaultsTest {

    final FakeTime time = new FakeTime();
    final Loop loop = time.loop();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
    final SessionMeters meters = new SessionMeters(registry);
    final Fanout fanout = new Fanout(index, meters, 64, registry);
    final FakeLog log = new FakeLog();
    int fits = Integer.MAX_VALUE;

    /** A socket that takes some bytes until a flush, which the kernel takes at once: as Netty's channel behaves. */
    final class Wire implements Outbound, SessionStore.Owner {
        Session session;
        int waiting;
        boolean isWritable = true;
        final List<String> got = new ArrayList<>();
        final List<Integer> owed = new ArrayList<>();

        public boolean isWritable() {
            return isWritable;
        }

        public boolean fits(OutboundMessage message, Qos qos, int[] identifiers) {
            return true;
        }

        public void publish(OutboundMessage m, boolean dup, Qos qos, boolean r, int id, int[] ids, long expiry) {
            got.add(m.message().payload().utf8());
            if (qos != Qos.AT_MOST_ONCE) {
                owed.add(id);
            }
            waiting += m.message().payload().size();
            if (waiting > fits) {
                isWritable = false;
            }
        }

        public void pubRel(int packetId, boolean found) {}

        public void flush() {
            waiting = 0;
            if (!isWritable) {
                isWritable = true;
                session.onWritable();
            }
        }

        public void fail(Throwable bug) {
            throw new AssertionError(bug);
        }

        public void onSuperseded() {}

        void ackAll() {
            List<Integer> ids = List.copyOf(owed);
            owed.clear();
            ids.forEach(session::onPubAck);
            session.afterAnswers();
        }

        void ackOne() {
            if (!owed.isEmpty()) {
                session.onPubAck(owed.remove(0));
                session.afterAnswers();
            }
        }
    }

    Wire connect(Egress egress, SessionSettings settings, int receiveMaximum) {
        SessionContext context = new SessionContext(
                settings,
                index,
                egress,
                new SharedSweeps(time.loop(), egress, SweepSettings.DEFAULTS, fanout::tails, meters, registry),
                new InMemoryRetainedStore(100, registry),
                fanout::tails,
                meters);
        Sessions sessions = new Sessions(
                new InMemorySessionStore(loop, new InMemorySessionStore.Events() {
                    public void onWillDue(Message will) {}

                    public void onExpired() {}
                }),
                context,
                List.of(loop),
                registry);
        Wire wire = new Wire();
        sessions.claim(new ClientId("c"), wire).subscribe(claim -> {
            wire.session = sessions.open(
                    new SessionRequest(new ClientId("c"), loop, wire, false, 0, receiveMaximum, null, Permissions.ALL),
                    claim);
            wire.session.start();
        });
        time.run();
        return wire;
    }

    void subscribe(Wire wire, String filter) {
        wire.session.subscribe(
                List.of(new Session.SubscribeRequest(
                        TopicFilter.of(filter), new SubscriptionOptions(Qos.AT_LEAST_ONCE, false, false, 2, 0))),
                codes -> {});
        time.run();
    }

    @Test
    void lagIsNotForgottenWhenAFlushWithinTheBatchMakesTheSocketWritable() {
        log.start(fanout);
        fits = 64;
        Wire wire =
                connect(log, new SessionSettings(1, 8, 100, 1000, Duration.ofDays(1), 10, Duration.ofMinutes(1)), 1);
        subscribe(wire, "#");
        log.work();
        time.run();
        String big = "0123456789".repeat(10);
        log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "first"), 0);
        log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "second"), 0);
        log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "LARGE" + big), 0);
        log.append(Message.of("a/2", Qos.AT_MOST_ONCE, "zero" + big), 0);
        log.append(Message.of("a/2", Qos.AT_MOST_ONCE, "zero again"), 0);
        log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "last"), 0);
        log.poll(100);
        time.run();
        for (int i = 0; i < 100; i++) {
            log.work();
            log.poll(10);
            wire.ackAll();
            time.advance(Duration.ofMillis(25));
        }
        assertThat(wire.got).contains("first", "second", "last").contains("LARGE" + big);
    }

    @Test
    void aTopicThatIsMadeAgainIsReadFromItsFirstRecord() {
        LogPartition p = new LogPartition("a", 0);
        Egress egress = new Egress() {
            public Mono<Reading> open(TopicFilter filter, Collection<LogPartition> held, StartListener listener) {
                listener.onStart(p, 100);
                return Mono.just(new Reading() {
                    public List<LogPartition> partitions() {
                        return List.of(p);
                    }

                    public void close() {}
                });
            }

            public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
                return Mono.never();
            }

            public void resume() {}
        };
        Wire wire = connect(egress, SessionSettings.DEFAULTS, 10);
        subscribe(wire, "#");
        fanout.accept(new LogBatch(
                p, 100, 101, 0, List.of(new LogRecord(100, 0, Message.of("a/1", Qos.AT_LEAST_ONCE, "old")))));
        time.run();
        // Deleted and made again: TailThread.updateTopics() untails it and tails it from 0.
        LogPartition again = new LogPartition("a", 0, "made again");
        fanout.accept(new LogBatch(
                again, 0, 1, 0, List.of(new LogRecord(0, 0, Message.of("a/2", Qos.AT_LEAST_ONCE, "new")))));
        time.run();
        assertThat(wire.got).containsExactly("old", "new");
    }

    @Test
    void whatTheTailCouldNotReadIsCountedForThoseWhoFollowItAndNotForOthers() {
        log.start(fanout);
        log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "before"), 0);
        Wire wire = connect(log, SessionSettings.DEFAULTS, 10);
        subscribe(wire, "a/#");
        log.work();
        time.run();
        LogPartition read = FakeLog.partition("a");
        long from = 1;

        fanout.accept(new LogBatch(read, from, from + 50, 50, List.of()));
        fanout.accept(new LogBatch(new LogPartition("b", 7), 0, 9, 9, List.of()));
        time.run();
        assertThat(registry.get("sluice.session.lost.records").counter().count())
                .isEqualTo(50);

        wire.session.close(Ending.GOODBYE, Runnable::run);
        fanout.accept(new LogBatch(read, from + 50, from + 60, 10, List.of()));
        time.run();
        assertThat(registry.get("sluice.session.lost.records").counter().count())
                .isEqualTo(50);
    }

    @Test
    void aSlowSessionGetsOfEachPartition() {
        log.start(fanout);
        Wire wire =
                connect(log, new SessionSettings(2, 4, 1000, 1000, Duration.ofDays(1), 10, Duration.ofMinutes(1)), 2);
        subscribe(wire, "#");
        log.work();
        time.run();
        for (int i = 0; i < 2000; i++) {
            log.append(Message.of("a/1", Qos.AT_LEAST_ONCE, "a" + i), 0);
            log.append(Message.of("b/1", Qos.AT_LEAST_ONCE, "b" + i), 0);
            log.append(Message.of("c/1", Qos.AT_LEAST_ONCE, "c" + i), 0);
        }
        for (int i = 0; i < 1000; i++) {
            log.poll(100);
            log.work();
            time.advance(Duration.ofMillis(25));
            wire.ackOne();
        }
        long a = wire.got.stream().filter(s -> s.startsWith("a")).count();
        long b = wire.got.stream().filter(s -> s.startsWith("b")).count();
        long c = wire.got.stream().filter(s -> s.startsWith("c")).count();
        assertThat(Math.min(a, Math.min(b, c)))
                .as("a " + a + ", b " + b + ", c " + c)
                .isGreaterThan(100);
    }
}
