package io.sluice.app.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.NetUtil;
import io.sluice.kafka.ingress.KafkaIngress;
import io.sluice.kafka.state.WillOutlet;
import io.sluice.kafka.transaction.Companion;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.WillOwner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Wills that are due, on their way into Kafka; counted. Safe for all threads. */
final class Wills implements WillOutlet.Wills {

    private final KafkaIngress ingress;
    private final Loop loop;
    private final Authorizer authorizer;
    private final Counter published;
    private final Counter deadLettered;
    private final Counter refused;
    private final Counter denied;

    Wills(KafkaIngress ingress, Loop loop, Authorizer authorizer, MeterRegistry registry) {
        this.ingress = ingress;
        this.loop = loop;
        this.authorizer = authorizer;
        published = counter("published", registry);
        deadLettered = counter("dead_lettered", registry);
        refused = counter("refused", registry);
        denied = counter("denied", registry);
    }

    private static Counter counter(String event, MeterRegistry registry) {
        return Counter.builder("sluice.wills")
                .description("Wills by what became of them")
                .tag("event", event)
                .register(registry);
    }

    /** The rules may have changed since the client left its will: they are asked again. */
    private Permissions permissions(Message will, @Nullable WillOwner owner) {
        Principal principal =
                owner == null ? Principal.ANONYMOUS : new Principal(owner.userName(), owner.groups(), Principal.NEVER);
        ClientId clientId = will.publisher() == null ? new ClientId("") : will.publisher();
        String listener = owner == null ? "" : owner.listener();
        String source = owner == null ? null : owner.source();
        return authorizer.permissions(new Client(
                clientId,
                principal,
                listener,
                source == null ? null : NetUtil.createInetAddressFromIpAddressString(source)));
    }

    @Override
    public CompletionStage<PublishOutcome> publish(Message will, @Nullable WillOwner owner, Companion companion) {
        Decision decision = permissions(will, owner).will(will.topicName(), will.retain());
        if (!decision.allowed()) {
            denied.increment();
            return CompletableFuture.completedStage(
                    new PublishOutcome.Refused(Refusal.NOT_AUTHORIZED, "by " + decision.rule()));
        }
        return ingress.publish(loop, will, companion).thenApply(outcome -> {
            count(outcome);
            return outcome;
        });
    }

    /** Each that went into the way in, once: the loss equation needs them all. */
    private void count(PublishOutcome outcome) {
        if (outcome instanceof PublishOutcome.Stored) {
            published.increment();
        } else if (outcome instanceof PublishOutcome.DeadLettered) {
            deadLettered.increment();
        } else {
            refused.increment();
        }
    }
}
