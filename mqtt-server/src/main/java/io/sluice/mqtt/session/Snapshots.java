package io.sluice.mqtt.session;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes what a session would leave behind now. Confined to the session's loop. */
final class Snapshots {

    private final SessionSubscriptions subscriptions;
    private final SharedSubscriptions shared;
    private final Cursors cursors;
    private final SendWindow window;
    private final SentAhead sentAhead;
    private final InboundQos2 inboundQos2;

    Snapshots(
            SessionSubscriptions subscriptions,
            SharedSubscriptions shared,
            Cursors cursors,
            SendWindow window,
            SentAhead sentAhead,
            InboundQos2 inboundQos2) {
        this.subscriptions = subscriptions;
        this.shared = shared;
        this.cursors = cursors;
        this.window = window;
        this.sentAhead = sentAhead;
        this.inboundQos2 = inboundQos2;
    }

    /**
     * The state as it is now, without its expiry and its will.
     *
     * @param restoring what is being taken up, for as long as it is not: the session stands where that stood
     */
    SessionState take(@Nullable SessionState restoring) {
        Map<LogPartition, Long> positions = positions(restoring);
        Map<LogPartition, StoredCursor> stored = new HashMap<>();
        positions.forEach((partition, position) -> stored.put(partition, new StoredCursor(position)));
        List<SessionState.InFlight> inFlight = new ArrayList<>();
        window.inFlight().stream().filter(InFlight::isOfSession).forEach(delivery -> inFlight.add(delivery.stored()));
        inFlight.addAll(sentAhead.finished(positions));
        List<StoredSubscription> subscribed = new ArrayList<>(subscriptions.stored(positions));
        subscribed.addAll(shared.stored());
        return new SessionState(0, Long.MAX_VALUE, subscribed, stored, inFlight, inboundQos2.received(), null);
    }

    private Map<LogPartition, Long> positions(@Nullable SessionState restoring) {
        Map<LogPartition, Long> positions = new HashMap<>();
        if (restoring != null) {
            restoring.cursors().forEach((partition, cursor) -> positions.put(partition, cursor.next()));
            return positions;
        }
        subscriptions
                .firstStarts()
                .forEach((partition, start) -> positions.put(
                        partition, Math.min(cursors.position(partition, start), window.lowestBuffered(partition))));
        return positions;
    }
}
