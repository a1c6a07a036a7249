package io.sluice.benchmarks.jmh;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PublishOutcome;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * What the hand-off of a message costs, from the connection to the log and its outcome back: a listener per message
 * against a {@code Mono} per message. On both sides a batch goes in, then its outcomes come out, on one thread, as on a
 * loop; both allocate one object per message that knows the packet id.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IngressPortBenchmark {

    private static final int BATCH = 64;

    private final Message message = Message.of("bench/1", Qos.AT_LEAST_ONCE, "payload");
    private final PublishOutcome stored = new PublishOutcome.Stored(new LogPartition("bench", 0), 1);
    private final ArrayDeque<Ingress.OutcomeListener> listeners = new ArrayDeque<>(BATCH);
    private final ArrayDeque<MonoSink<PublishOutcome>> sinks = new ArrayDeque<>(BATCH);
    private long acknowledged;
    private long written;

    /** The port as it is. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long listener() {
        for (int packetId = 1; packetId <= BATCH; packetId++) {
            publish(message, new Acknowledgement(this, packetId));
        }
        for (int i = 0; i < BATCH; i++) {
            listeners.remove().onOutcome(stored);
        }
        return acknowledged;
    }

    /** The port as it might be, with the subscribe method that everybody uses. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long monoSubscribe() {
        for (int packetId = 1; packetId <= BATCH; packetId++) {
            Acknowledgement acknowledgement = new Acknowledgement(this, packetId);
            publish(message).subscribe(acknowledgement::onOutcome, acknowledgement::onError);
        }
        return outcomesOfSinks();
    }

    /** The same with a subscriber of our own, which is the least that a Mono can cost. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long monoOwnSubscriber() {
        for (int packetId = 1; packetId <= BATCH; packetId++) {
            publish(message).subscribe(new AcknowledgingSubscriber(this, packetId));
        }
        return outcomesOfSinks();
    }

    private void publish(Message taken, Ingress.OutcomeListener listener) {
        written += taken.payload().size();
        listeners.add(listener);
    }

    private Mono<PublishOutcome> publish(Message taken) {
        return Mono.create(sink -> {
            written += taken.payload().size();
            sinks.add(sink);
        });
    }

    private long outcomesOfSinks() {
        for (int i = 0; i < BATCH; i++) {
            sinks.remove().success(stored);
        }
        return acknowledged;
    }

    private void acknowledge(int packetId) {
        acknowledged += packetId;
    }

    private record Acknowledgement(IngressPortBenchmark connection, int packetId) implements Ingress.OutcomeListener {
        @Override
        public void onOutcome(PublishOutcome outcome) {
            connection.acknowledge(packetId);
        }

        void onError(Throwable failure) {
            connection.acknowledge(failure.hashCode());
        }
    }

    private record AcknowledgingSubscriber(IngressPortBenchmark connection, int packetId)
            implements CoreSubscriber<PublishOutcome> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(PublishOutcome outcome) {
            connection.acknowledge(packetId);
        }

        @Override
        public void onError(Throwable failure) {
            connection.acknowledge(failure.hashCode());
        }

        @Override
        public void onComplete() {}
    }
}
