package io.sluice.mqtt.router;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.PublishOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes wills that are due, on a lane of their own. Safe for all threads. */
public final class WillPublisher {

    private static final Logger log = LoggerFactory.getLogger(WillPublisher.class);

    private final PublishRouter router;
    private final Loop loop;
    private final Ingress.Lane lane;
    private final Counter published;

    public WillPublisher(PublishRouter router, Loop loop, MeterRegistry registry) {
        this.router = router;
        this.loop = loop;
        this.lane = router.open(loop, Ingress.Brake.SOCKET, () -> {});
        this.published = Counter.builder("sluice.wills")
                .description("Wills by what became of them")
                .tag("event", "published")
                .register(registry);
    }

    /** Publishes a will as it is. Any thread. */
    public void publish(Message will) {
        loop.execute(() -> router.publish(lane, loop, will, outcome -> onOutcome(will, outcome)));
    }

    private void onOutcome(Message will, PublishOutcome outcome) {
        if (outcome instanceof PublishOutcome.Refused refused) {
            // Nobody is there to be told: the reason goes to the operator.
            log.atWarn()
                    .addKeyValue("clientId", will.publisher())
                    .addKeyValue("refusal", refused.refusal().id())
                    .addKeyValue("detail", refused.detail())
                    .log("Will refused");
        } else {
            published.increment();
        }
    }
}
