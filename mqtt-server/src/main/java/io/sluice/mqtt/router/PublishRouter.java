package io.sluice.mqtt.router;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.RetainedStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings published messages into the log, and the retained ones into their store as well: the outcome comes after both.
 * Immutable; each lane is confined to its loop.
 */
public final class PublishRouter {

    private static final Logger log = LoggerFactory.getLogger(PublishRouter.class);

    private final Ingress ingress;
    private final RetainedStore retained;

    public PublishRouter(Ingress ingress, RetainedStore retained) {
        this.ingress = ingress;
        this.retained = retained;
    }

    /** Opens the way in for one connection. */
    public Ingress.Lane open(Loop loop, Ingress.Brake brake, Runnable onReadable) {
        return ingress.open(loop, brake, onReadable);
    }

    /** Publishes on a lane. On its loop, where the listener is told, too. */
    public void publish(Ingress.Lane lane, Loop loop, Message message, Ingress.OutcomeListener listener) {
        if (message.retain()) {
            lane.publish(message, outcome -> retain(loop, message, outcome, listener));
        } else {
            lane.publish(message, listener);
        }
    }

    private void retain(Loop loop, Message message, PublishOutcome outcome, Ingress.OutcomeListener listener) {
        if (!(outcome instanceof PublishOutcome.Stored stored)) {
            listener.onOutcome(outcome);
            return;
        }
        retained.put(message, stored.offset())
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> {
                            log.atWarn().setCause(error).log("Retained message not stored");
                            listener.onOutcome(
                                    new PublishOutcome.Refused(Refusal.KAFKA, "the retained copy could not be stored"));
                        }),
                        () -> onLoop(loop, () -> listener.onOutcome(outcome)));
    }

    private static void onLoop(Loop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
