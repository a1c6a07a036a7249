package io.sluice.app.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.PublishOutcome.Stored;
import io.sluice.mqtt.port.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TracedIngressTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final UserProperty SAMPLED = new UserProperty("traceparent", "00-" + TRACE + "-" + PARENT + "-01");
    private static final UserProperty NOT_SAMPLED =
            new UserProperty("traceparent", "00-" + TRACE + "-" + PARENT + "-00");
    private static final UserProperty STATE = new UserProperty("tracestate", "vendor=1");
    private static final UserProperty OTHER = new UserProperty("unit", "C");
    private static final PublishOutcome STORED = new Stored(new LogPartition("telemetry.acme", 3), 42);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<SpanData> spans = new ArrayList<>();
    private final FakeIngress log = new FakeIngress();
    private final List<PublishOutcome> told = new ArrayList<>();
    private boolean collectorIsThere = true;

    @Test
    void aMessageOfATraceIsASpanOfItWhoseContextIsInTheRecord() {
        publish(0, SAMPLED, OTHER, STATE);
        assertThat(spans).as("while Kafka has not answered").isEmpty();
        log.answer(STORED);

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("publish");
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(log.userProperties())
                .containsExactlyInAnyOrder(
                        OTHER, STATE, new UserProperty("traceparent", "00-" + TRACE + "-" + span.getSpanId() + "-01"));
        assertThat(told).containsExactly(STORED);
    }

    @Test
    void aSpanSaysWhatWasWrittenWhere() {
        publish(0, SAMPLED);
        log.answer(STORED);

        Map<String, String> attributes = new HashMap<>();
        onlySpan().getAttributes().forEach((key, value) -> attributes.put(key.getKey(), String.valueOf(value)));
        assertThat(attributes)
                .containsEntry("messaging.destination.name", "telemetry/acme/dev1")
                .containsEntry("messaging.client.id", "dev1")
                .containsEntry("messaging.message.body.size", "4")
                .containsEntry("sluice.mqtt.qos", "1")
                .containsEntry("sluice.kafka.topic", "telemetry.acme")
                .containsEntry("messaging.destination.partition.id", "3")
                .containsEntry("messaging.kafka.offset", "42");
    }

    @Test
    void aRefusedMessageIsAnError() {
        publish(0, SAMPLED);
        log.answer(new Refused(Refusal.TOPIC_LIMIT, "1000 topics"));

        assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(onlySpan().getStatus().getDescription()).isEqualTo("1000 topics");
    }

    @Test
    void whatIsNotSampledGoesThroughAsItCame() {
        Message notSampled = publish(1, NOT_SAMPLED);
        assertThat(log.message).isSameAs(notSampled);
        log.answer(STORED);

        Message without = publish(0);
        assertThat(log.message).isSameAs(without);
        log.answer(STORED);

        assertThat(spans).isEmpty();
        assertThat(told).hasSize(2);
    }

    @Test
    void ofTheOthersAsManyAsAreWantedBeginATrace() {
        publish(1, OTHER);
        log.answer(STORED);

        assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
        assertThat(log.userProperties())
                .hasSize(2)
                .contains(OTHER)
                .anyMatch(property -> property.name().equals("traceparent")
                        && property.value()
                                .startsWith("00-" + onlySpan().getTraceId() + "-"
                                        + onlySpan().getSpanId() + "-"));
    }

    @Test
    void whatIsNoTraceContextBeginsOne() {
        publish(1, new UserProperty("traceparent", "rubbish"));
        log.answer(STORED);

        assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
        assertThat(log.userProperties()).hasSize(1);
    }

    @Test
    void whatACollectorDoesNotTakeIsCounted() {
        collectorIsThere = false;
        publish(0, SAMPLED);
        log.answer(STORED);

        assertThat(count("failed")).isEqualTo(1);
        assertThat(count("exported")).isZero();
        assertThat(told).containsExactly(STORED);
    }

    @Test
    void whatWaitsForTheCollectorIsBounded() {
        SpanMeters meters = new SpanMeters(registry);
        for (int i = 0; i < SpanMeters.WAITING_MAX; i++) {
            assertThat(meters.enter()).isTrue();
        }

        assertThat(meters.enter()).isFalse();
        assertThat(count("dropped")).isEqualTo(1);
        meters.leave(1, true);
        assertThat(meters.enter()).isTrue();
    }

    private Message publish(double sampleRatio, UserProperty... userProperties) {
        Message message = new Message(
                TopicName.of("telemetry/acme/dev1"),
                Qos.AT_LEAST_ONCE,
                false,
                Payload.of("21.5"),
                new MessageProperties(false, MessageProperties.NEVER, null, null, null, List.of(userProperties)),
                new ClientId("dev1"));
        SpanMeters meters = new SpanMeters(registry);
        SpanExporter exporter = new WatchedExporter(new Recorder(), meters, "http://collector:4318");
        Tracing tracing = new Tracing(SimpleSpanProcessor.create(exporter), sampleRatio, Resource.empty(), meters);
        new TracedIngress(log, tracing).open(new FakeTime().loop(), () -> {}).publish(message, told::add);
        return message;
    }

    private SpanData onlySpan() {
        assertThat(spans).hasSize(1);
        return spans.get(0);
    }

    private double count(String outcome) {
        return registry.get("sluice.trace.spans")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private final class Recorder implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return collectorIsThere ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    /** Takes a message at a time, and answers when it is told to. */
    private static final class FakeIngress implements Ingress, Ingress.Lane {
        private @Nullable Message message;
        private @Nullable OutcomeListener listener;

        @Override
        public Lane open(Loop loop, Brake brake, Runnable onReadable) {
            return this;
        }

        @Override
        public void publish(Message published, OutcomeListener told) {
            message = published;
            listener = told;
        }

        @Override
        public void publishOnce(Message published, Once once, OutcomeListener told) {
            publish(published, told);
        }

        @Override
        public void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener told) {
            told.onOutcome(refused);
        }

        @Override
        public boolean isReadable() {
            return true;
        }

        @Override
        public int pending() {
            return 0;
        }

        @Override
        public void whenSettled(Runnable task) {
            task.run();
        }

        @Override
        public void close() {}

        void answer(PublishOutcome outcome) {
            Objects.requireNonNull(listener).onOutcome(outcome);
        }

        List<UserProperty> userProperties() {
            return Objects.requireNonNull(message).properties().userProperties();
        }
    }
}
