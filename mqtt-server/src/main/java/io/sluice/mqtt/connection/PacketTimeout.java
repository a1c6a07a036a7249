package io.sluice.mqtt.connection;

import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection of which a packet has begun and does not come to its end: without keep-alive nothing else would, and
 * what has come of the packet is held in memory. Confined to its loop; one timer, moved only when it fires.
 */
final class PacketTimeout {

    private final Loop loop;
    private final long limitNanos;
    private final Runnable onExpired;
    private boolean within;
    private boolean held;
    private long packetsSeen;
    private long sinceNanos;
    private Loop.@Nullable Timer timer;

    /**
     * @param limit the longest time from the first byte of a packet to its last; zero for any
     */
    PacketTimeout(Loop loop, Duration limit, Runnable onExpired) {
        this.loop = loop;
        this.limitNanos = limit.toNanos();
        this.onExpired = onExpired;
    }

    /**
     * Something has been read.
     *
     * @param isWithinPacket whether a packet has begun and is not complete
     * @param packets how many were complete, ever: by which it is known for another packet than the last time
     */
    void onRead(boolean isWithinPacket, long packets) {
        if (isWithinPacket && (!within || packets != packetsSeen)) {
            sinceNanos = loop.nanoTime();
            if (timer == null && limitNanos > 0) {
                schedule(limitNanos);
            }
        }
        within = isWithinPacket;
        packetsSeen = packets;
    }

    /** Whether the connection is not read, by our own choice: then it is not the client that is late. */
    void held(boolean nowHeld) {
        if (held && !nowHeld) {
            sinceNanos = loop.nanoTime();
        }
        held = nowHeld;
    }

    private void schedule(long delayNanos) {
        timer = loop.schedule(Duration.ofNanos(delayNanos), this::check);
    }

    private void check() {
        timer = null;
        if (!within) {
            // The next packet that comes in parts starts it again.
            return;
        }
        long nanos = held ? 0 : loop.nanoTime() - sinceNanos;
        if (nanos >= limitNanos) {
            onExpired.run();
        } else {
            schedule(limitNanos - nanos);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
