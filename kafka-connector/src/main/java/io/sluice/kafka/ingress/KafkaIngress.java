package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.mapping.Reversibility;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Messages from devices into Kafka: mapped, through the gate, to the idempotent producer. Safe for all threads: lanes
 * are confined to their loops, and what they share is safe.
 */
public final class KafkaIngress implements Ingress {

    private final LaneSurroundings around;
    /** One per loop, not per lane: one wake-up of a loop tells all of its connections. */
    private final Map<Loop, LoopMailbox<Runnable>> mailboxes = new ConcurrentHashMap<>();

    /** What stands around the way in. */
    public record Surroundings(
            RuleSet rules,
            TopicDirectory directory,
            TopicProvisioner provisioner,
            KafkaUp up,
            MeterRegistry registry) {}

    public KafkaIngress(KafkaSettings kafka, IngressSettings settings, Surroundings surroundings) {
        this(() -> producer(kafka, settings), settings, surroundings);
    }

    KafkaIngress(Supplier<Producer<byte[], byte[]>> producers, IngressSettings settings, Surroundings surroundings) {
        LongSupplier nanoClock = surroundings.registry().config().clock()::monotonicTime;
        ProducerGate gate = new ProducerGate(settings.inflightBytesMax(), nanoClock);
        List<String> ruleNames = surroundings.rules().reversibility().stream()
                .map(Reversibility::ruleName)
                .toList();
        RecordProducer producer = new RecordProducer(producers, nanoClock);
        LookAhead lookAhead = new LookAhead(settings.lookAheadBytesMax());
        around = new LaneSurroundings(
                surroundings.rules(),
                new TopicReadiness(surroundings.directory(), surroundings.provisioner(), producer),
                gate,
                producer,
                lookAhead,
                settings,
                new IngressMeters(ruleNames, surroundings.registry()),
                surroundings.up());
        IngressBounds.register(gate, lookAhead, producer, surroundings.rules(), surroundings.registry());
    }

    private static Producer<byte[], byte[]> producer(KafkaSettings kafka, IngressSettings settings) {
        return new KafkaProducer<>(
                kafka.producer("ingress", settings.inflightBytesMax()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public Lane open(Loop loop, Brake brake, Runnable onReadable) {
        LoopMailbox<Runnable> mailbox =
                mailboxes.computeIfAbsent(loop, key -> new LoopMailbox<>(key, Runnable::run, () -> {}));
        return new KafkaLane(around, loop, mailbox, brake, onReadable);
    }

    /** Bytes that are in flight to Kafka. */
    public long inflightBytes() {
        return around.gate().inflightBytes();
    }

    /**
     * Ends the way in, after the lanes: waits until Kafka has acknowledged what was sent, at most for the timeout, and
     * refuses the rest. Blocks.
     */
    public void close(Duration timeout) {
        around.producer().close(timeout);
        around.topics().close();
    }
}
