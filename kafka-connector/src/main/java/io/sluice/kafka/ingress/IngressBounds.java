package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.mapping.RuleSet;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of what the way in may hold, each value beside its limit. Stateless. */
final class IngressBounds {

    private final MeterRegistry registry;

    private IngressBounds(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers them; they live as long as the registry. */
    static void register(
            ProducerGate gate,
            LookAhead lookAhead,
            RecordProducer producer,
            Supplier<RuleSet> rules,
            MeterRegistry registry) {
        IngressBounds bounds = new IngressBounds(registry);
        bounds.gate(gate);
        bounds.gauge(
                "sluice.ingress.look.ahead.bytes",
                "Bytes that were read from clients and wait to be sent to Kafka",
                lookAhead,
                LookAhead::bytes);
        bounds.gauge(
                "sluice.ingress.look.ahead.limit.bytes",
                "Most bytes that may wait to be sent to Kafka, on all connections together",
                lookAhead,
                LookAhead::bytesMax);
        bounds.gauge(
                "sluice.kafka.producer.buffer.bytes",
                "Memory that Kafka's producer uses for records under way",
                producer,
                RecordProducer::bufferBytes);
        bounds.gauge(
                "sluice.kafka.producer.buffer.limit.bytes",
                "Most memory that Kafka's producer may use for records under way",
                producer,
                RecordProducer::bufferBytesMax);
        bounds.gauge("sluice.mapping.cache.bytes", "About the memory of remembered mappings", rules, now -> now.get()
                .cachedBytes());
        bounds.gauge(
                "sluice.mapping.cache.limit.bytes",
                "About the most memory that remembered mappings may take",
                rules,
                now -> now.get().cachedBytesMax());
    }

    private void gate(ProducerGate gate) {
        gauge(
                "sluice.ingress.inflight.bytes",
                "Bytes in the producer that Kafka has not acknowledged",
                gate,
                ProducerGate::inflightBytes);
        gauge(
                "sluice.ingress.inflight.limit.bytes",
                "Most bytes that may be in flight to Kafka",
                gate,
                ProducerGate::limitBytes);
        gauge(
                "sluice.ingress.gate.waiting",
                "Connections whose messages wait for room in flight",
                gate,
                ProducerGate::waiting);
        gauge(
                "sluice.ingress.gate.closed",
                "1 while somebody waits for room in flight",
                gate,
                open -> open.isClosed() ? 1 : 0);
        FunctionCounter.builder("sluice.ingress.gate.closed.seconds", gate, ProducerGate::closedSeconds)
                .description("Time that the gate was closed")
                .register(registry);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
