package io.sluice.mqtt.connection;

import io.sluice.mqtt.connection.ConnectionSettings.ClientRate;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast one client may publish. Who is faster is not read for as long as it was too fast: TCP holds the device, and no
 * message is dropped. What was read already is taken, and makes the wait longer. Confined to its loop; one timer, and
 * only while it is held.
 */
final class PublishRate {

    private final Loop loop;
    private final Supplier<ClientRate> limits;
    private final Consumer<Boolean> hold;
    private ClientRate current = ClientRate.NONE;
    private @Nullable TokenBucket messages;
    private @Nullable TokenBucket bytes;
    private Loop.@Nullable Timer timer;
    private boolean stopped;

    /**
     * @param limits asked for each time, since they may change
     * @param hold told true when the client is not to be read any more, and false when it is again
     */
    PublishRate(Loop loop, Supplier<ClientRate> limits, Consumer<Boolean> hold) {
        this.loop = loop;
        this.limits = limits;
        this.hold = hold;
    }

    /** A PUBLISH was read. Returns whether the client is held from here on, and was not before. */
    boolean onPublish(int payloadBytes) {
        ClientRate now = limits.get();
        if (!now.equals(current)) {
            renew(now);
        }
        if (!now.isAny() || stopped) {
            return false;
        }
        long nanoTime = loop.nanoTime();
        long waitNanos = Math.max(take(messages, 1, nanoTime), take(bytes, payloadBytes, nanoTime));
        if (waitNanos == 0 || timer != null) {
            return false;
        }
        hold.accept(true);
        schedule(waitNanos);
        return true;
    }

    private static long take(@Nullable TokenBucket bucket, long amount, long nanoTime) {
        return bucket == null ? 0 : bucket.take(amount, nanoTime);
    }

    /** The limits have changed: who is held is judged anew, with a full second. */
    void onLimitsChanged() {
        if (!limits.get().equals(current) && !stopped) {
            renew(limits.get());
            if (timer != null) {
                timer.cancel();
                look();
            }
        }
    }

    private void renew(ClientRate next) {
        long nanoTime = loop.nanoTime();
        current = next;
        messages = next.messagesPerSecond() == 0 ? null : new TokenBucket(next.messagesPerSecond(), nanoTime);
        bytes = next.bytesPerSecond() == 0 ? null : new TokenBucket(next.bytesPerSecond(), nanoTime);
    }

    private void schedule(long waitNanos) {
        timer = loop.schedule(Duration.ofNanos(waitNanos), this::look);
    }

    /** What was read behind the last wait may ask for another. */
    private void look() {
        timer = null;
        long nanoTime = loop.nanoTime();
        long waitNanos = Math.max(
                messages == null ? 0 : messages.waitNanos(nanoTime), bytes == null ? 0 : bytes.waitNanos(nanoTime));
        if (waitNanos > 0) {
            schedule(waitNanos);
        } else {
            hold.accept(false);
        }
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
