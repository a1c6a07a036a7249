package io.sluice.kafka.state;

import io.sluice.kafka.log.CompactedLog;
import io.sluice.mqtt.message.ClientId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends records of sessions, outside of transactions. Safe for all threads. */
final class SessionWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SessionWriter.class);

    private final CompactedLog log;
    private final SessionRows rows;

    SessionWriter(CompactedLog log, SessionRows rows) {
        this.log = log;
        this.rows = rows;
    }

    int partition(ClientId clientId) {
        return SessionKey.partition(clientId, log.partitions());
    }

    /** That a client id is claimed: only the log gives the claim its epoch. */
    CompletionStage<Long> claim(ClientId clientId, byte[] value) {
        return log.write(partition(clientId), new SessionKey(clientId, SessionKey.CLAIM).bytes(), value, List.of());
    }

    /** A part of what an owner says of its session. */
    CompletionStage<Long> write(ClientId clientId, long epoch, String part, byte @Nullable [] value) {
        return log.write(
                partition(clientId),
                new SessionKey(clientId, part).bytes(),
                value,
                List.of(SessionRows.epochHeader(epoch)));
    }

    /** Removes everything of a session; who waits for it comes next. */
    void end(ClientId clientId, long epoch, Set<String> parts) {
        for (String part : rows.ending(parts)) {
            logFailure(clientId, write(clientId, epoch, part, null));
        }
    }

    /** For what nobody waits for. */
    static void logFailure(ClientId clientId, CompletionStage<?> written) {
        var unused = written.whenComplete((offset, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("clientId", clientId)
                        .addKeyValue("cause", failure.toString())
                        .log("A session's state could not be written");
            }
        });
    }
}
