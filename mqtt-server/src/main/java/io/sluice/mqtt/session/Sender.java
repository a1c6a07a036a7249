package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends a session's deliveries as its window and its socket allow: first what an earlier connection left unfinished,
 * then retained messages, then live ones in their order. Confined to its loop.
 */
final class Sender {

    /** A restored delivery with the message that goes out again. */
    record Resend(InFlight delivery, OutboundMessage message, boolean retain, int[] identifiers) {}

    private static final int UNSTORED_MAX = 1_000;
    /** A Message Expiry Interval has four bytes (MQTT 5, section 3.3.2.3.3). */
    private static final long EXPIRY_SECONDS_MAX = 0xFFFF_FFFFL;

    private final Loop loop;
    private final Outbound outbound;
    private final SendWindow window;
    private final SessionMeters meters;
    private final Durability durability;
    private final Runnable onChanged;
    private final Deque<Resend> resends = new ArrayDeque<>();
    private final Map<TopicFilter, RetainedFeed> feeds = new LinkedHashMap<>();
    /** What waits to be durable, and what follows it: at most the window, and at QoS 0 what there is room for. */
    private final Deque<Unstored> unstored = new ArrayDeque<>();

    private final DeliveryCounts counts = new DeliveryCounts();
    private boolean dirty;
    private @Nullable Qos published;
    private boolean changed;

    /** Makes deliveries at QoS 2 durable before they go out. */
    interface Durability {
        /** Runs the task on the loop when the delivery, as it is now, is durable, unless the session is closed by then. */
        void store(InFlight delivery, Runnable then);

        /**
         * The same before it goes out first.
         *
         * @param withdrawn runs instead when it is not this session's to send any more
         */
        default void storeFirst(InFlight delivery, Runnable then, Runnable withdrawn) {
            store(delivery, then);
        }
    }

    /**
     * @param durability of deliveries at QoS 2
     * @param onChanged told, with a flush, that something was sent or answered which outlives the connection
     */
    Sender(
            Loop loop,
            Outbound outbound,
            SendWindow window,
            SessionMeters meters,
            Durability durability,
            Runnable onChanged) {
        this.loop = loop;
        this.outbound = outbound;
        this.window = window;
        this.meters = meters;
        this.durability = durability;
        this.onChanged = onChanged;
    }

    /** Queues a delivery that an earlier connection did not finish. */
    void resend(Resend resend) {
        resends.addLast(resend);
    }

    /** Sends PUBREL again for a delivery whose PUBREC had come [MQTT-4.4.0-1]. */
    void resendRelease(InFlight delivery) {
        window.resent(delivery);
        meters.inFlight(1);
        outbound.pubRel(delivery.packetId, true);
        dirty = true;
    }

    /** Queues the retained messages of a subscription, instead of those of an earlier SUBSCRIBE with its filter. */
    void feed(TopicFilter filter, RetainedFeed feed) {
        RetainedFeed before = feeds.remove(filter);
        if (before != null) {
            before.close();
        }
        feeds.put(filter, feed);
    }

    /** Takes a delivery at QoS 1 or 2, or refuses when the buffer is full: then the session lags. */
    boolean offer(Delivery delivery) {
        assert delivery.qos() != Qos.AT_MOST_ONCE;
        if (isOpenRoad() && window.isStraight()) {
            send(delivery);
            return true;
        }
        return window.offer(delivery);
    }

    /** Takes a delivery at QoS 0: who does not read loses it, counted. */
    void offerAtMostOnce(Delivery delivery) {
        if (isOpenRoad()) {
            send(delivery);
        } else if ((resends.isEmpty() && feeds.isEmpty()) || !window.offer(delivery)) {
            meters.discarded(DiscardReason.QOS0_NOT_READING);
        }
    }

    private boolean isOpenRoad() {
        return resends.isEmpty() && feeds.isEmpty() && isWritable();
    }

    /** Whether the socket takes more: what this batch has written so far may only need to go out. */
    private boolean isWritable() {
        if (!outbound.isWritable() && dirty) {
            flush();
        }
        return outbound.isWritable();
    }

    /** Sends as much of what waits as window and socket allow. */
    void pump() {
        if (pumpResends() && pumpFeeds()) {
            pumpBuffer();
        }
    }

    private boolean pumpResends() {
        while (!resends.isEmpty()) {
            if (!window.hasRoom() || !outbound.isWritable()) {
                return false;
            }
            Resend resend = resends.removeFirst();
            if (!resend.delivery().unsent) {
                // Its client has answered what it got on the earlier connection: nothing is owed any more.
                continue;
            }
            window.resent(resend.delivery());
            if (!outbound.fits(resend.message(), resend.delivery().qos, resend.identifiers())) {
                // The client has come back with a smaller Maximum Packet Size [MQTT-3.1.2-24].
                window.finish(resend.delivery().packetId);
                meters.discarded(DiscardReason.LARGER_THAN_CLIENT_ALLOWS);
                continue;
            }
            meters.inFlight(1);
            meters.redelivered();
            InFlight delivery = resend.delivery();
            outbound.publish(
                    resend.message(),
                    true,
                    delivery.qos,
                    resend.retain(),
                    delivery.packetId,
                    resend.identifiers(),
                    // It has begun, and goes to its end: zero would be no interval.
                    atLeastOne(remainingSeconds(resend.message().message())));
            dirty = true;
        }
        return true;
    }

    private boolean pumpFeeds() {
        while (!feeds.isEmpty()) {
            RetainedFeed feed = feeds.values().iterator().next();
            Delivery next = feed.peek();
            if (next == null) {
                if (!feed.isDone()) {
                    return false;
                }
                feeds.values().remove(feed);
                continue;
            }
            if (!outbound.isWritable() || (next.qos() != Qos.AT_MOST_ONCE && !window.hasRoom())) {
                return false;
            }
            feed.poll();
            send(next);
        }
        return true;
    }

    private void pumpBuffer() {
        Delivery next = window.peek();
        while (next != null && outbound.isWritable() && (window.hasRoom() || next.qos() == Qos.AT_MOST_ONCE)) {
            window.poll();
            send(next);
            next = window.peek();
        }
    }

    private void send(Delivery delivery) {
        OutboundMessage message = delivery.message();
        long expirySeconds = remainingSeconds(message.message());
        if (expirySeconds == 0) {
            discard(delivery, DiscardReason.EXPIRED);
            return;
        }
        if (!outbound.fits(message, delivery.qos(), delivery.identifiers())) {
            // As if it had been sent [MQTT-3.1.2-25].
            discard(delivery, DiscardReason.LARGER_THAN_CLIENT_ALLOWS);
            return;
        }
        if (delivery.qos() == Qos.AT_MOST_ONCE) {
            publishInTurn(delivery, 0);
            return;
        }
        InFlight sent = window.sent(delivery);
        changed = true;
        counts.inFlight(1);
        if (delivery.qos() == Qos.EXACTLY_ONCE) {
            // The id's fate must survive a crash: what the client may have seen under it is never another message.
            Unstored waiting = new Unstored(delivery, sent.packetId);
            unstored.addLast(waiting);
            durability.storeFirst(
                    sent,
                    () -> {
                        waiting.stored = true;
                        Failpoint.O2_1.hit();
                        publishStored();
                    },
                    () -> withdraw(waiting));
        } else {
            publishInTurn(delivery, sent.packetId);
        }
    }

    private void discard(Delivery delivery, DiscardReason reason) {
        meters.discarded(reason);
        finish(delivery.handout());
    }

    private static void finish(@Nullable SharedHandout handout) {
        if (handout != null) {
            handout.finish();
        }
    }

    private void withdraw(Unstored waiting) {
        unstored.remove(waiting);
        window.finish(waiting.packetId);
        counts.inFlight(-1);
        changed = true;
        publishStored();
    }

    /** Nothing overtakes what waits to be durable. */
    private void publishInTurn(Delivery delivery, int packetId) {
        if (unstored.isEmpty()) {
            publish(delivery, packetId);
        } else if (packetId == 0 && unstored.size() >= UNSTORED_MAX) {
            meters.discarded(DiscardReason.QOS0_NOT_READING);
        } else {
            Unstored waiting = new Unstored(delivery, packetId);
            waiting.stored = true;
            unstored.addLast(waiting);
        }
    }

    private void publishStored() {
        for (Unstored first = unstored.peekFirst(); first != null && first.stored; first = unstored.peekFirst()) {
            unstored.removeFirst();
            publish(first.delivery, first.packetId);
        }
    }

    /** A delivery that waits to be durable, or for one before it that does. */
    private static final class Unstored {
        private final Delivery delivery;
        private final int packetId;
        private boolean stored;

        Unstored(Delivery delivery, int packetId) {
            this.delivery = delivery;
            this.packetId = packetId;
        }
    }

    private void publish(Delivery delivery, int packetId) {
        long expirySeconds = remainingSeconds(delivery.message().message());
        if (expirySeconds == 0) {
            // It was alive when its turn came, and has waited to be durable for longer than it lived.
            meters.discarded(DiscardReason.EXPIRED);
            InFlight never = window.get(packetId);
            if (never != null) {
                changed = true;
                window.finish(packetId);
                counts.inFlight(-1);
            }
            finish(delivery.handout());
            return;
        }
        outbound.publish(
                delivery.message(),
                false,
                delivery.qos(),
                delivery.retain(),
                packetId,
                delivery.identifiers(),
                expirySeconds);
        SharedHandout handout = delivery.handout();
        if (handout != null && delivery.qos() == Qos.EXACTLY_ONCE) {
            handout.onSent();
        }
        counts.add(delivery.qos(), delivery.source());
        published = delivery.qos();
        dirty = true;
    }

    /**
     * Seconds that are left of the message's life, at least 1 while it lives, and at most what MQTT can say; 0 when it has
     * expired; -1 for ever.
     */
    private long remainingSeconds(Message message) {
        long expiry = message.properties().expiryEpochMillis();
        if (expiry == MessageProperties.NEVER) {
            return -1;
        }
        if (expiry <= loop.epochMillis()) {
            return 0;
        }
        // By the latest that it may be, as it was set by that: never more than the publisher has said.
        long millis = expiry - loop.latestEpochMillis();
        return Math.min(EXPIRY_SECONDS_MAX, Math.max(1, millis / 1000 + (millis % 1000 == 0 ? 0 : 1)));
    }

    private static long atLeastOne(long seconds) {
        return seconds == 0 ? 1 : seconds;
    }

    /** PUBACK has come. Returns false when nothing with this id waits for one. */
    boolean onPubAck(int packetId) {
        InFlight delivery = window.get(packetId);
        if (delivery == null || delivery.qos != Qos.AT_LEAST_ONCE) {
            return false;
        }
        finish(delivery);
        Failpoint.O1_2.hit();
        return true;
    }

    /** PUBREC has come; an error ends the exchange [MQTT-4.3.3-4]. */
    void onPubRec(int packetId, boolean isError) {
        InFlight delivery = window.get(packetId);
        if (delivery == null || delivery.qos != Qos.EXACTLY_ONCE) {
            outbound.pubRel(packetId, false);
            dirty = true;
        } else if (isError) {
            finish(delivery);
        } else if (delivery.state == InFlight.State.RELEASED) {
            // Said again: what was the answer is the answer, once it has gone out.
            if (!delivery.releasing) {
                outbound.pubRel(packetId, true);
                dirty = true;
            }
        } else {
            if (delivery.unsent) {
                window.resent(delivery);
                counts.inFlight(1);
            }
            delivery.state = InFlight.State.RELEASED;
            delivery.releasing = true;
            changed = true;
            Failpoint.O2_3.hit();
            durability.store(delivery, () -> {
                Failpoint.O2_4.hit();
                delivery.releasing = false;
                outbound.pubRel(packetId, true);
                dirty = true;
            });
        }
    }

    /** PUBCOMP has come. */
    void onPubComp(int packetId) {
        InFlight delivery = window.get(packetId);
        if (delivery != null && delivery.state == InFlight.State.RELEASED) {
            finish(delivery);
            Failpoint.O2_5.hit();
        }
    }

    private void finish(InFlight delivery) {
        changed = true;
        if (!delivery.unsent) {
            counts.inFlight(-1);
        }
        window.finish(delivery.packetId);
        finish(delivery.handout);
        counts.addAcknowledged(delivery.qos);
    }

    /** Ends a restored delivery whose record is gone. */
    void abandon(InFlight delivery) {
        window.finish(delivery.packetId);
    }

    void flush() {
        counts.moveTo(meters);
        if (changed) {
            changed = false;
            onChanged.run();
        }
        if (dirty) {
            dirty = false;
            outbound.flush();
            onFlushed();
        }
    }

    private void onFlushed() {
        if (published == Qos.AT_LEAST_ONCE) {
            Failpoint.O1_1A.hit();
        } else if (published == Qos.EXACTLY_ONCE) {
            Failpoint.O2_2.hit();
        }
        published = null;
    }

    /** The connection is gone. */
    void close() {
        // What was gathered goes out, or is released with the channel.
        flush();
        meters.inFlight(-(window.inFlightCount() - window.unsentCount()));
        feeds.values().forEach(RetainedFeed::close);
        feeds.clear();
        resends.clear();
    }
}
