package io.sluice.mqtt.delivery;

import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.session.DeliverySource;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.Session;
import io.sluice.mqtt.session.SessionMeters;
import io.sluice.mqtt.session.TailPositions;
import io.sluice.mqtt.subscription.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what the tails found to the sessions of one loop. {@link #post} is safe for all threads; everything else is
 * confined to the loop.
 */
final class LoopDelivery implements TailPositions {

    private static final Logger log = LoggerFactory.getLogger(LoopDelivery.class);

    private final Loop loop;
    private final SessionMeters meters;
    private final Runnable onRoom;
    private final int batchesMax;
    private final LoopMailbox<TailBatch> mailbox;
    private final Map<LogPartition, Long> tails = new HashMap<>();
    private final List<Session> matched = new ArrayList<>();
    private final List<Session> touched = new ArrayList<>();

    /**
     * @param batchesMax how many batches may wait before the tails pause
     * @param onRoom told when batches were handled
     */
    LoopDelivery(Loop loop, SessionMeters meters, int batchesMax, Runnable onRoom) {
        this.loop = loop;
        this.meters = meters;
        this.onRoom = onRoom;
        this.batchesMax = batchesMax;
        this.mailbox = new LoopMailbox<>(loop, this::onBatch, this::afterBatches);
    }

    Loop loop() {
        return loop;
    }

    /** Posts a batch; false when the tails must pause until there is room. Any thread. */
    boolean post(TailBatch batch) {
        mailbox.post(batch);
        return hasRoom();
    }

    boolean hasRoom() {
        return mailbox.size() < batchesMax;
    }

    int pending() {
        return mailbox.size();
    }

    @Override
    public long next(LogPartition partition) {
        Long next = tails.get(partition);
        return next == null ? UNKNOWN : next;
    }

    private void onBatch(TailBatch batch) {
        long now = loop.epochMillis();
        for (TailBatch.Entry entry : batch.entries()) {
            try {
                deliver(batch.partition(), entry);
            } catch (RuntimeException | AssertionError bug) {
                // One session's bug must not cost the others their message.
                log.atError()
                        .addKeyValue("kafkaTopic", batch.partition().topic())
                        .addKeyValue("offset", entry.offset())
                        .setCause(bug)
                        .log("Delivering a record failed");
            }
            meters.delay(DeliverySource.TAIL, now - entry.timestampMillis());
        }
        // After the records: a session that lags in this batch compares itself with where the tail was before it.
        tails.put(batch.partition(), batch.to());
    }

    private void deliver(LogPartition partition, TailBatch.Entry entry) {
        OutboundMessage message = entry.message();
        matched.clear();
        for (Subscription subscription : entry.subscriptions()) {
            Session session = (Session) subscription.subscriber();
            if (session.collect(subscription, message.message())) {
                matched.add(session);
            }
        }
        for (Session session : matched) {
            session.deliver(message, partition, entry.offset());
        }
        touched.addAll(matched);
    }

    private void afterBatches() {
        for (Session session : touched) {
            session.afterBatch();
        }
        touched.clear();
        onRoom.run();
    }
}
