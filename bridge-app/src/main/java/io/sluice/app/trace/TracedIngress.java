package io.sluice.app.trace;

import io.opentelemetry.api.trace.Span;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;

/**
 * A way in whose messages are followed, from being received to Kafka's answer. It stands before the other one only where
 * spans are wanted; what is not sampled goes through as it came. Safe for all threads; a lane is confined to its loop.
 */
public final class TracedIngress implements Ingress {

    private final Ingress ingress;
    private final Tracing tracing;

    public TracedIngress(Ingress ingress, Tracing tracing) {
        this.ingress = ingress;
        this.tracing = tracing;
    }

    @Override
    public Lane open(Loop loop, Brake brake, Runnable onReadable) {
        return new TracedLane(ingress.open(loop, brake, onReadable), tracing);
    }

    private record TracedLane(Lane lane, Tracing tracing) implements Lane {

        @Override
        public void publish(Message message, OutcomeListener listener) {
            Span span = tracing.begin(message);
            if (span.isRecording()) {
                lane.publish(Tracing.carrying(message, span), ending(span, listener));
            } else {
                lane.publish(message, listener);
            }
        }

        @Override
        public void publishOnce(Message message, Once once, OutcomeListener listener) {
            Span span = tracing.begin(message);
            if (span.isRecording()) {
                lane.publishOnce(Tracing.carrying(message, span), once, ending(span, listener));
            } else {
                lane.publishOnce(message, once, listener);
            }
        }

        @Override
        public void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener listener) {
            lane.refuse(qos, refused, listener);
        }

        private OutcomeListener ending(Span span, OutcomeListener listener) {
            return outcome -> {
                tracing.end(span, outcome);
                listener.onOutcome(outcome);
            };
        }

        @Override
        public boolean isReadable() {
            return lane.isReadable();
        }

        @Override
        public int pending() {
            return lane.pending();
        }

        @Override
        public void whenSettled(Runnable task) {
            lane.whenSettled(task);
        }

        @Override
        public void close() {
            lane.close();
        }
    }
}
