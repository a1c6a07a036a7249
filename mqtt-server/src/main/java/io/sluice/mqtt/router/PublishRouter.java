package io.sluice.mqtt.router;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.SessionStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Brings published messages into the log, and the retained ones into their store as well: the outcome comes after both.
 * Safe for all threads; each lane is confined to its loop.
 */
public final class PublishRouter {

    private static final Logger log = LoggerFactory.getLogger(PublishRouter.class);

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private final Ingress ingress;
    private final RetainedOnTheirWay retained;
    // A client can cause as many failures as it publishes: a line now and then says how many there were.
    private final AtomicBoolean isSaid = new AtomicBoolean();
    private final AtomicLong failuresSinceLine = new AtomicLong();

    public PublishRouter(Ingress ingress, RetainedOnTheirWay retained) {
        this.ingress = ingress;
        this.retained = retained;
    }

    /** Opens the way in for one connection. */
    public Ingress.Lane open(Loop loop, Ingress.Brake brake, Runnable onReadable) {
        return ingress.open(loop, brake, onReadable);
    }

    /** Publishes on a lane. On its loop, where the listener is told, too. */
    public void publish(Ingress.Lane lane, Loop loop, Message message, Ingress.OutcomeListener listener) {
        if (!message.retain()) {
            lane.publish(message, listener);
            return;
        }
        RetainedOnTheirWay.Writing writing = retained.begin(message.topicName());
        lane.publish(message, outcome -> {
            Failpoint.R_1A.hit();
            retain(
                    loop,
                    outcome,
                    writing,
                    listener,
                    stored -> retained.put(message, stored.partition(), stored.offset()));
        });
    }

    /** Publishes at QoS 2 for a session that must remember the packet id: all of it is in the log, or nothing. */
    public void publishOnce(
            Ingress.Lane lane,
            Loop loop,
            Message message,
            SessionStore.Claim claim,
            int packetId,
            Ingress.OutcomeListener listener) {
        Ingress.Once once = new Ingress.Once(claim, packetId);
        if (!message.retain()) {
            lane.publishOnce(message, once, listener);
            return;
        }
        RetainedOnTheirWay.Writing writing = retained.begin(message.topicName());
        lane.publishOnce(
                message,
                once,
                outcome -> retain(
                        loop,
                        outcome,
                        writing,
                        listener,
                        stored -> retained.settle(message, stored.partition(), stored.offset())));
    }

    private void retain(
            Loop loop,
            PublishOutcome outcome,
            RetainedOnTheirWay.Writing writing,
            Ingress.OutcomeListener listener,
            Function<PublishOutcome.Stored, Mono<Void>> keep) {
        if (!(outcome instanceof PublishOutcome.Stored stored)) {
            retained.end(writing);
            listener.onOutcome(outcome);
            return;
        }
        keep.apply(stored)
                .doOnTerminate(() -> retained.end(writing))
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> {
                            notStored(loop, error);
                            listener.onOutcome(
                                    new PublishOutcome.Refused(Refusal.KAFKA, "the retained copy could not be stored"));
                        }),
                        () -> onLoop(loop, () -> listener.onOutcome(outcome)));
    }

    private void notStored(Loop loop, Throwable error) {
        failuresSinceLine.incrementAndGet();
        if (isSaid.compareAndSet(false, true)) {
            loop.schedule(LOG_INTERVAL, () -> isSaid.set(false));
            log.atWarn()
                    .addKeyValue("messages", failuresSinceLine.getAndSet(0))
                    .addKeyValue("lastCause", error.toString())
                    .log("Retained messages not stored, their publishers are told");
        }
    }

    private static void onLoop(Loop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
