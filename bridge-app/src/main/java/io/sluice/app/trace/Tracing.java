package io.sluice.app.trace;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.sluice.app.BuildInfo;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.PublishOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of a message on its way into Kafka and gives it to a collector. Safe for all threads; never waits for the
 * collector.
 */
public final class Tracing implements AutoCloseable {

    private static final String TRACE_PARENT = "traceparent";
    private static final String TRACE_STATE = "tracestate";
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    // OpenTelemetry's conventions for messaging.
    private static final AttributeKey<String> SYSTEM = stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = stringKey("messaging.operation.name");
    private static final AttributeKey<String> DESTINATION = stringKey("messaging.destination.name");
    private static final AttributeKey<String> CLIENT = stringKey("messaging.client.id");
    private static final AttributeKey<Long> BODY_SIZE = longKey("messaging.message.body.size");
    private static final AttributeKey<String> PARTITION = stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = longKey("messaging.kafka.offset");
    private static final AttributeKey<String> ERROR = stringKey("error.type");
    // Ours.
    private static final AttributeKey<Long> QOS = longKey("sluice.mqtt.qos");
    private static final AttributeKey<String> KAFKA_TOPIC = stringKey("sluice.kafka.topic");

    /** Held, since its level is forgotten with it. What it would say of the collector, {@link WatchedExporter} says. */
    private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

    private static final TextMapGetter<Message> USER_PROPERTIES = Tracing::userProperty;

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final SpanMeters meters;

    /**
     * @param processor where spans go that have ended
     * @param sampleRatio of the messages that come without a trace context, how many are followed, from 0 to 1
     */
    Tracing(SpanProcessor processor, double sampleRatio, Resource resource, SpanMeters meters) {
        this.meters = meters;
        provider = SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampleRatio)))
                .addSpanProcessor(processor)
                .build();
        tracer = provider.get("io.sluice");
    }

    /**
     * Spans for a collector that speaks OTLP over HTTP.
     *
     * @param endpoint its base, {@code http://host:4318}
     * @param instance whose spans they are
     */
    public static Tracing start(String endpoint, double sampleRatio, String instance, SpanMeters meters) {
        LIBRARY.setLevel(Level.OFF);
        WatchedExporter exporter = new WatchedExporter(
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(endpoint.replaceAll("/+$", "") + "/v1/traces")
                        .setTimeout(EXPORT_TIMEOUT)
                        .build(),
                meters,
                endpoint);
        // Larger than what we let wait, so that it never drops what we have not counted.
        SpanProcessor processor = BatchSpanProcessor.builder(exporter)
                .setMaxQueueSize(2 * SpanMeters.WAITING_MAX)
                .setScheduleDelay(Duration.ofSeconds(1))
                .setExporterTimeout(EXPORT_TIMEOUT)
                .build();
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        stringKey("service.name"),
                        "sluice",
                        stringKey("service.version"),
                        BuildInfo.current().version(),
                        stringKey("service.instance.id"),
                        instance)));
        return new Tracing(processor, sampleRatio, resource, meters);
    }

    /** A span for a message that was received now: one that records nothing when the message is not followed. */
    Span begin(Message message) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), message, USER_PROPERTIES);
        Span span = tracer.spanBuilder("publish")
                .setParent(parent)
                .setSpanKind(SpanKind.PRODUCER)
                .startSpan();
        if (span.isRecording()) {
            span.setAttribute(SYSTEM, "mqtt");
            span.setAttribute(OPERATION, "publish");
            span.setAttribute(DESTINATION, message.topicName().value());
            span.setAttribute(QOS, (long) message.qos().level());
            span.setAttribute(BODY_SIZE, (long) message.payload().size());
            ClientId publisher = message.publisher();
            if (publisher != null) {
                span.setAttribute(CLIENT, publisher.value());
            }
        }
        return span;
    }

    private static @Nullable String userProperty(@Nullable Message message, String name) {
        if (message != null) {
            for (UserProperty property : message.properties().userProperties()) {
                if (property.name().equals(name)) {
                    return property.value();
                }
            }
        }
        return null;
    }

    /** The message with the span's context instead of the one with which it came: who reads the record goes on from here. */
    static Message carrying(Message message, Span span) {
        MessageProperties properties = message.properties();
        List<UserProperty> userProperties = new ArrayList<>();
        for (UserProperty property : properties.userProperties()) {
            if (!property.name().equals(TRACE_PARENT) && !property.name().equals(TRACE_STATE)) {
                userProperties.add(property);
            }
        }
        W3CTraceContextPropagator.getInstance()
                .inject(Context.root().with(span), userProperties, (carrier, name, value) -> {
                    if (carrier != null) {
                        carrier.add(new UserProperty(name, value));
                    }
                });
        return new Message(
                message.topicName(),
                message.qos(),
                message.retain(),
                message.payload(),
                new MessageProperties(
                        properties.payloadFormatUtf8(),
                        properties.expiryEpochMillis(),
                        properties.contentType(),
                        properties.responseTopic(),
                        properties.correlationData(),
                        userProperties),
                message.publisher());
    }

    /** The message has its outcome, and so the span its end. */
    void end(Span span, PublishOutcome outcome) {
        if (outcome instanceof PublishOutcome.Stored stored) {
            span.setAttribute(KAFKA_TOPIC, stored.partition().topic());
            span.setAttribute(PARTITION, Integer.toString(stored.partition().partition()));
            span.setAttribute(OFFSET, stored.offset());
        } else if (outcome instanceof PublishOutcome.DeadLettered aside) {
            span.setAttribute(ERROR, aside.reason().id());
        } else if (outcome instanceof PublishOutcome.Refused refused) {
            span.setAttribute(ERROR, refused.refusal().id());
            span.setStatus(StatusCode.ERROR, refused.detail());
        }
        if (meters.enter()) {
            span.end();
        }
    }

    /** Gives the collector what it has not got yet, at most for some seconds. Blocks. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
