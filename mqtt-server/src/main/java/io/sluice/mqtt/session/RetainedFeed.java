package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * The retained messages for one subscription, asked for as they are sent: a SUBSCRIBE to {@code #} over a million of
 * them holds a few dozen in memory. Confined to the session's loop; the store may answer on any thread.
 */
final class RetainedFeed {

    private static final Logger log = LoggerFactory.getLogger(RetainedFeed.class);
    private static final int AT_ONCE = 32;

    private final Loop loop;
    private final SubscriptionOptions options;
    private final Runnable onProgress;
    private final Deque<Delivery> ready = new ArrayDeque<>();
    private final Source source = new Source();
    private boolean done;

    /**
     * @param onProgress called on the loop when there is more to send, or no more to come
     */
    RetainedFeed(Loop loop, SubscriptionOptions options, Runnable onProgress) {
        this.loop = loop;
        this.options = options;
        this.onProgress = onProgress;
    }

    void start(Flux<Message> messages) {
        messages.subscribe(source);
    }

    @Nullable
    Delivery peek() {
        return ready.peekFirst();
    }

    void poll() {
        ready.removeFirst();
        source.request(1);
    }

    /** Whether all were sent. */
    boolean isDone() {
        return done && ready.isEmpty();
    }

    void close() {
        source.cancel();
    }

    private void onMessage(Message message) {
        int[] identifiers = options.identifier() == 0 ? new int[0] : new int[] {options.identifier()};
        // A new subscription gets it with RETAIN 1, whatever Retain As Published says [MQTT-3.3.1-8].
        ready.addLast(new Delivery(
                new OutboundMessage(message),
                null,
                -1,
                message.qos().min(options.qos()),
                true,
                identifiers,
                DeliverySource.RETAINED));
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            // The caller is our own request(1), or start: it sends on by itself.
            task.run();
        } else {
            loop.execute(() -> {
                task.run();
                onProgress.run();
            });
        }
    }

    private final class Source extends BaseSubscriber<Message> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(AT_ONCE);
        }

        @Override
        protected void hookOnNext(Message message) {
            onLoop(() -> onMessage(message));
        }

        @Override
        protected void hookOnComplete() {
            onLoop(() -> done = true);
        }

        @Override
        protected void hookOnError(Throwable error) {
            log.atError().setCause(error).log("Retained messages could not be read");
            onLoop(() -> done = true);
        }
    }
}
