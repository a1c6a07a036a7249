package io.sluice.mqtt.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.metrics.Buckets;
import io.sluice.mqtt.metrics.OldestPending;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The meters of sessions and deliveries. Safe for all threads; every series exists from the start, so that the first
 * loss is an increase.
 */
public final class SessionMeters {

    /** What happens to sessions. */
    public enum Event {
        CREATED,
        RESUMED,
        TAKEN_OVER,
        EXPIRED,
        DISCARDED
    }

    private final PerConstant<Qos, PerConstant<DeliverySource, Counter>> deliveries;
    private final PerConstant<Qos, Counter> acknowledged;
    private final PerConstant<DiscardReason, Counter> discarded;
    private final PerConstant<Event, Counter> events;
    private final PerConstant<DeliverySource, Timer> delay;
    private final Counter redelivered;
    private final Counter lost;
    private final Counter voidCursors;
    private final OldestPending unsaved;
    private final LongAdder inFlight = new LongAdder();
    private final AtomicLong online = new AtomicLong();
    private final AtomicLong lagging = new AtomicLong();
    private final AtomicLong subscriptions = new AtomicLong();

    public SessionMeters(MeterRegistry registry) {
        deliveries = new PerConstant<>(
                Qos.class,
                qos -> new PerConstant<>(DeliverySource.class, source -> Counter.builder("sluice.deliveries")
                        .description("PUBLISH written to subscribers")
                        .tag("qos", Integer.toString(qos.level()))
                        .tag("source", source.id())
                        .register(registry)));
        acknowledged = new PerConstant<>(Qos.class, qos -> Counter.builder("sluice.deliveries.acknowledged")
                .description("Deliveries finished by PUBACK or PUBCOMP")
                .tag("qos", Integer.toString(qos.level()))
                .register(registry));
        discarded = new PerConstant<>(DiscardReason.class, reason -> Counter.builder("sluice.deliveries.discarded")
                .description("Not delivered by rule")
                .tag("reason", reason.id())
                .register(registry));
        events = new PerConstant<>(Event.class, event -> Counter.builder("sluice.session.events")
                .description("What happened to sessions")
                .tag("event", event.name().toLowerCase(Locale.ROOT))
                .register(registry));
        delay = new PerConstant<>(DeliverySource.class, source -> timer(registry, source));
        redelivered = Counter.builder("sluice.deliveries.redelivered")
                .description("PUBLISH sent again with DUP")
                .register(registry);
        lost = Counter.builder("sluice.session.lost.records")
                .description("Records deleted by retention before a session got them")
                .register(registry);
        voidCursors = Counter.builder("sluice.session.cursors.void")
                .description(
                        "Places of sessions in Kafka topics that are gone, or were made again: read from the beginning")
                .register(registry);
        unsaved = new OldestPending(registry.config().clock()::monotonicTime);
        gauges(registry);
    }

    private static Timer timer(MeterRegistry registry, DeliverySource source) {
        return Timer.builder("sluice.delivery.delay")
                .description("Kafka record timestamp to PUBLISH written")
                .tag("source", source.id())
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    private void gauges(MeterRegistry registry) {
        Gauge.builder("sluice.deliveries.inflight", inFlight, LongAdder::sum)
                .description("Unacknowledged deliveries in all windows")
                .register(registry);
        TimeGauge.builder("sluice.cursor.flush.age", unsaved, TimeUnit.SECONDS, OldestPending::ageSeconds)
                .description("Oldest cursor change that is not in Kafka: what a crash sends again")
                .register(registry);
        Gauge.builder("sluice.sessions", online, AtomicLong::get)
                .description("Sessions owned by this instance")
                .tag("state", "online")
                .register(registry);
        Gauge.builder("sluice.sessions", lagging, AtomicLong::get)
                .description("Sessions owned by this instance")
                .tag("state", "lagging")
                .register(registry);
        Gauge.builder("sluice.subscriptions", subscriptions, AtomicLong::get)
                .description("Subscriptions of connected sessions")
                .tag("kind", "exclusive")
                .register(registry);
    }

    void delivered(Qos qos, DeliverySource source, int count) {
        deliveries.get(qos).get(source).increment(count);
    }

    /** What has changed in sessions and is not in the log yet. */
    OldestPending unsaved() {
        return unsaved;
    }

    void redelivered() {
        redelivered.increment();
    }

    void acknowledged(Qos qos, int count) {
        acknowledged.get(qos).increment(count);
    }

    void discarded(DiscardReason reason) {
        discarded.get(reason).increment();
    }

    /** Records how old records were when their batch was written: once per record and loop, not per delivery. */
    public void delay(DeliverySource source, long millis) {
        delay.get(source).record(Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    public void event(Event event) {
        events.get(event).increment();
    }

    void lost(long records) {
        lost.increment((double) records);
    }

    void voidCursor() {
        voidCursors.increment();
    }

    void inFlight(int change) {
        inFlight.add(change);
    }

    void online(int change) {
        online.addAndGet(change);
    }

    void lagging(int change) {
        lagging.addAndGet(change);
    }

    void subscriptions(int change) {
        subscriptions.addAndGet(change);
    }
}
