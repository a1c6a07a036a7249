package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sends a session's deliveries as its window and its socket allow: first what an earlier connection left unfinished,
 * then retained messages, then live ones in their order. Confined to its loop.
 */
final class Sender {

    /** A restored delivery with the message that goes out again. */
    record Resend(InFlight delivery, OutboundMessage message, boolean retain, int[] identifiers) {}

    private final Loop loop;
    private final Outbound outbound;
    private final SendWindow window;
    private final SessionMeters meters;
    private final Deque<Resend> resends = new ArrayDeque<>();
    private final Map<TopicFilter, RetainedFeed> feeds = new LinkedHashMap<>();
    private final DeliveryCounts counts = new DeliveryCounts();
    private boolean dirty;

    Sender(Loop loop, Outbound outbound, SendWindow window, SessionMeters meters) {
        this.loop = loop;
        this.outbound = outbound;
        this.window = window;
        this.meters = meters;
    }

    /** Queues a delivery that an earlier connection did not finish. */
    void resend(Resend resend) {
        resends.addLast(resend);
    }

    /** Sends PUBREL again for a delivery whose PUBREC had come [MQTT-4.4.0-1]. */
    void resendRelease(InFlight delivery) {
        window.resent();
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
            window.resent();
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
                    remainingSeconds(resend.message().message()));
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
            meters.discarded(DiscardReason.EXPIRED);
            return;
        }
        if (!outbound.fits(message, delivery.qos(), delivery.identifiers())) {
            // As if it had been sent [MQTT-3.1.2-25].
            meters.discarded(DiscardReason.LARGER_THAN_CLIENT_ALLOWS);
            return;
        }
        int packetId = 0;
        if (delivery.qos() != Qos.AT_MOST_ONCE) {
            packetId = window.sent(delivery).packetId;
            counts.inFlight(1);
        }
        outbound.publish(
                message, false, delivery.qos(), delivery.retain(), packetId, delivery.identifiers(), expirySeconds);
        counts.add(delivery.qos(), delivery.source());
        dirty = true;
    }

    /** Seconds that are left of the message's life, at least 1 while it lives; 0 when it has expired; -1 for ever. */
    private long remainingSeconds(Message message) {
        long expiry = message.properties().expiryEpochMillis();
        if (expiry == MessageProperties.NEVER) {
            return -1;
        }
        return Math.max(0, (expiry - loop.epochMillis() + 999) / 1000);
    }

    /** PUBACK has come. Returns false when nothing with this id waits for one. */
    boolean onPubAck(int packetId) {
        InFlight delivery = window.get(packetId);
        if (delivery == null || delivery.qos != Qos.AT_LEAST_ONCE) {
            return false;
        }
        finish(delivery);
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
        } else {
            delivery.state = InFlight.State.RELEASED;
            outbound.pubRel(packetId, true);
            dirty = true;
        }
    }

    /** PUBCOMP has come. */
    void onPubComp(int packetId) {
        InFlight delivery = window.get(packetId);
        if (delivery != null && delivery.state == InFlight.State.RELEASED) {
            finish(delivery);
        }
    }

    private void finish(InFlight delivery) {
        window.finish(delivery.packetId);
        counts.inFlight(-1);
        counts.addAcknowledged(delivery.qos);
    }

    /** Ends a restored delivery whose record is gone. */
    void abandon(InFlight delivery) {
        window.resent();
        window.finish(delivery.packetId);
        meters.lost(1);
    }

    void flush() {
        counts.moveTo(meters);
        if (dirty) {
            dirty = false;
            outbound.flush();
        }
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
