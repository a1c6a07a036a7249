package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.LogPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session does not get though it was owed to it, as the log does not hold it any more: counted, and said the
 * first time. Confined to the session's loop.
 */
final class Losses {

    private static final Logger log = LoggerFactory.getLogger(Losses.class);

    private final ClientId clientId;
    private final SessionMeters meters;
    private boolean hasLost;
    private boolean hasVoid;

    Losses(ClientId clientId, SessionMeters meters) {
        this.clientId = clientId;
        this.meters = meters;
    }

    /** Retention has deleted what the session had not got: it goes on from the oldest record. */
    void lost(LogPartition partition, long records) {
        meters.lost(records);
        (hasLost ? log.atDebug() : log.atWarn())
                .addKeyValue("clientId", clientId)
                .addKeyValue("partition", partition)
                .addKeyValue("records", records)
                .log("Kafka's retention has deleted records before a session got them, it goes on from the oldest");
        hasLost = true;
    }

    /** The Kafka topic was deleted, and whatever is there by its name now is another: it is read from its beginning. */
    void voided(LogPartition partition) {
        meters.voidCursor();
        (hasVoid ? log.atDebug() : log.atWarn())
                .addKeyValue("clientId", clientId)
                .addKeyValue("partition", partition)
                .addKeyValue("topicId", partition.topicId())
                .log(
                        "Where a session stood is void: its Kafka topic was deleted, or made again, or no rule exposes it");
        hasVoid = true;
    }
}
