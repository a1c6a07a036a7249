package io.sluice.kafka.ingress;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress.Brake;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What one lane has waiting before the gate, in its order, and whether more may be read. Confined to its loop.
 *
 * <p>What only the socket can hold back is bounded for each connection. What the client itself holds back by our Receive
 * Maximum is read as long as the lane's part of everybody's look-ahead lasts: so it stops by itself, its socket stays
 * read, and its pings are answered.
 */
final class ParkedMessages {

    private final IngressSettings settings;
    private final LookAhead lookAhead;
    private final Brake brake;
    private final Queue<Outgoing> parked = new ArrayDeque<>();
    private long bytes;
    // Those that only the socket holds back.
    private int socketMessages;
    private long socketBytes;
    private boolean readable = true;

    ParkedMessages(IngressSettings settings, LookAhead lookAhead, Brake brake) {
        this.settings = settings;
        this.lookAhead = lookAhead;
        this.brake = brake;
    }

    void add(Outgoing outgoing) {
        parked.add(outgoing);
        count(outgoing, 1);
    }

    Outgoing remove() {
        Outgoing outgoing = parked.remove();
        count(outgoing, -1);
        return outgoing;
    }

    private void count(Outgoing outgoing, int sign) {
        long change = sign * outgoing.parkedBytes();
        bytes += change;
        lookAhead.add(change);
        if (brake == Brake.SOCKET || outgoing.qos() == Qos.AT_MOST_ONCE) {
            socketMessages += sign;
            socketBytes += change;
        }
    }

    @Nullable
    Outgoing peek() {
        return parked.peek();
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** Whether more may be read from the connection, as of the last update. */
    boolean isReadable() {
        return readable;
    }

    /** Looks anew. Returns whether more may be read again, having been too much before. */
    boolean updateReadable() {
        boolean wasReadable = readable;
        // Half, so that a connection is not stopped and started with each message.
        readable = isWithin(wasReadable ? 1 : 2);
        return readable && !wasReadable;
    }

    private boolean isWithin(int part) {
        if (parked.isEmpty()) {
            return true;
        }
        long share = lookAhead.shareBytes();
        int margin = part - 1;
        return !lookAhead.isUsedUp()
                && bytes < share / part + margin
                && socketBytes < settings.laneBytesMax() / part + margin
                && socketMessages < settings.laneMessagesMax() / part + margin;
    }
}
