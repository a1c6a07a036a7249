package io.sluice.mqtt.connection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.metrics.Buckets;
import io.sluice.mqtt.metrics.PerConstant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one listener's connections. Safe for all threads; no label is anything that a client can choose, and
 * every series exists from the start.
 */
final class ConnectionMeters {

    private final PerConstant<ProtocolVersion, AtomicLong> connections;
    private final PerConstant<ProtocolVersion, Counter> opened;
    private final PerConstant<DisconnectCause, Counter> closed;
    private final PerConstant<RejectReason, Counter> rejected;
    private final PerConstant<Qos, Counter> received;
    private final PerConstant<Qos, Timer> ingressDuration;
    private final PerConstant<ReadGate.Reason, AtomicLong> paused;
    private final DistributionSummary payloadIn;
    private final Counter receivedBytes;
    private final Counter sentBytes;
    private final Counter duplicates;
    private final Counter slowedDown;
    private final PerConstant<SubscribeRejection, Counter> subscribeRejected;
    private final PerConstant<AuthenticationEnd, Counter> authentications;
    private final Timer connectDuration;

    /**
     * @param method how clients of this listener are authenticated
     */
    ConnectionMeters(MeterRegistry registry, String listener, String method) {
        connections = new PerConstant<>(ProtocolVersion.class, version -> connections(registry, listener, version));
        opened = new PerConstant<>(
                ProtocolVersion.class, version -> counter("sluice.connections.opened", "CONNECTs accepted")
                        .tag("listener", listener)
                        .tag("version", version.id())
                        .register(registry));
        closed = new PerConstant<>(
                DisconnectCause.class, cause -> counter("sluice.connections.closed", "Connections closed, by reason")
                        .tag("listener", listener)
                        .tag("reason", cause.id())
                        .register(registry));
        rejected = new PerConstant<>(
                RejectReason.class, reason -> counter("sluice.connects.rejected", "Connections not accepted")
                        .tag("listener", listener)
                        .tag("reason", reason.id())
                        .register(registry));
        received = new PerConstant<>(Qos.class, qos -> counter("sluice.messages.received", "PUBLISH read from clients")
                .tag("listener", listener)
                .tag("qos", Integer.toString(qos.level()))
                .register(registry));
        ingressDuration = new PerConstant<>(Qos.class, qos -> timer(registry, qos));
        paused = new PerConstant<>(ReadGate.Reason.class, reason -> paused(registry, listener, reason));
        payloadIn = DistributionSummary.builder("sluice.message.payload")
                .description("Payload size")
                .baseUnit("bytes")
                .tag("direction", "in")
                .serviceLevelObjectives(Buckets.sizeBytes())
                .register(registry);
        receivedBytes = network(registry, "sluice.network.received", listener);
        sentBytes = network(registry, "sluice.network.sent", listener);
        duplicates = counter("sluice.ingress.duplicates", "QoS 2 PUBLISH again before PUBREL, suppressed")
                .register(registry);
        slowedDown = counter(
                        "sluice.publishers.slowed",
                        "Times that a client which publishes too fast was not read for a while")
                .tag("listener", listener)
                .register(registry);
        subscribeRejected = new PerConstant<>(
                SubscribeRejection.class, reason -> counter("sluice.subscribe.rejected", "Subscriptions not granted")
                        .tag("reason", reason.id())
                        .register(registry));
        authentications = new PerConstant<>(AuthenticationEnd.class, end -> counter(
                        "sluice.authentications", "Proofs of who a client is, by what became of them")
                .tag("listener", listener)
                .tag("method", method)
                .tag("outcome", end.id())
                .register(registry));
        connectDuration = Timer.builder("sluice.connect.duration")
                .description("Accepted socket to CONNACK written")
                .tag("listener", listener)
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    private static AtomicLong connections(MeterRegistry registry, String listener, ProtocolVersion version) {
        AtomicLong count = new AtomicLong();
        Gauge.builder("sluice.connections", count, AtomicLong::get)
                .description("Clients with an accepted CONNECT")
                .tag("listener", listener)
                .tag("version", version.id())
                .register(registry);
        return count;
    }

    private static AtomicLong paused(MeterRegistry registry, String listener, ReadGate.Reason reason) {
        AtomicLong count = new AtomicLong();
        Gauge.builder("sluice.connections.paused", count, AtomicLong::get)
                .description("Sockets that are not read now, by what they wait for")
                .tag("listener", listener)
                .tag("reason", reason.id())
                .register(registry);
        return count;
    }

    private static Timer timer(MeterRegistry registry, Qos qos) {
        return Timer.builder("sluice.ingress.duration")
                .description("PUBLISH read to acknowledgement written (QoS 0: to Kafka's acknowledgement)")
                .tag("qos", Integer.toString(qos.level()))
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    private static Counter.Builder counter(String name, String description) {
        return Counter.builder(name).description(description);
    }

    private static Counter network(MeterRegistry registry, String name, String listener) {
        return Counter.builder(name)
                .description("Bytes on the wire under TLS")
                .baseUnit("bytes")
                .tag("listener", listener)
                .register(registry);
    }

    /** @param nanos since the socket was accepted */
    void connected(long nanos) {
        connectDuration.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param refusal why not, or null when it was accepted */
    void authenticated(@Nullable ReasonCode refusal) {
        authentications.get(AuthenticationEnd.of(refusal)).increment();
    }

    /** A subscription is answered. */
    void subscribed(ReasonCode code) {
        SubscribeRejection rejection = SubscribeRejection.of(code);
        if (rejection != null) {
            subscribeRejected.get(rejection).increment();
        }
    }

    void opened(ProtocolVersion version) {
        connections.get(version).incrementAndGet();
        opened.get(version).increment();
    }

    void closed(ProtocolVersion version, DisconnectCause cause) {
        connections.get(version).decrementAndGet();
        closed.get(cause).increment();
    }

    void rejected(RejectReason reason) {
        rejected.get(reason).increment();
    }

    void received(Qos qos, int payloadBytes) {
        received.get(qos).increment();
        payloadIn.record(payloadBytes);
    }

    void acknowledged(Qos qos, long nanos) {
        ingressDuration.get(qos).record(nanos, TimeUnit.NANOSECONDS);
    }

    void duplicate() {
        duplicates.increment();
    }

    /** A client publishes faster than it may. */
    void slowedDown() {
        slowedDown.increment();
    }

    void paused(ReadGate.Reason reason, int change) {
        paused.get(reason).addAndGet(change);
    }

    void bytesReceived(int bytes) {
        receivedBytes.increment(bytes);
    }

    void bytesSent(int bytes) {
        sentBytes.increment(bytes);
    }
}
