package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.LogPartition;
import org.jspecify.annotations.Nullable;

/**
 * A message that a group has to give to one of its members, from the log to its end. Confined to the group's loop, but
 * for what never changes.
 */
final class SharedMessage {

    final OutboundMessage outbound;
    final LogPartition partition;
    final long offset;
    final DeliverySource source;
    /** Which of the group's claims it was read under: after that it is another's. */
    final long era;

    // Of the dispatch.
    /** Its place among all messages of the dispatch: those that come back keep it. */
    long sequence;

    boolean finished;
    SharedDispatch.@Nullable Seat<?> seat;
    SharedDispatch.@Nullable Pin pin;

    SharedMessage(OutboundMessage outbound, LogPartition partition, long offset, DeliverySource source, long era) {
        this.outbound = outbound;
        this.partition = partition;
        this.offset = offset;
        this.source = source;
        this.era = era;
    }

    Message message() {
        return outbound.message();
    }

    int bytes() {
        return message().payload().size();
    }

    @Override
    public String toString() {
        return partition + " at " + offset;
    }
}
