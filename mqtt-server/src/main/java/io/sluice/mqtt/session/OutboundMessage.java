package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to any number of subscribers, with the place for what it is encoded to, once for all of them.
 * Safe for all threads: two loops may encode it at the same time, and either result serves.
 */
public final class OutboundMessage {

    private final Message message;
    private volatile @Nullable Object frame;

    public OutboundMessage(Message message) {
        this.message = message;
    }

    public Message message() {
        return message;
    }

    /** What the connections made of it, or null: theirs alone to read. */
    public @Nullable Object frame() {
        return frame;
    }

    public void frame(Object newFrame) {
        frame = newFrame;
    }
}
