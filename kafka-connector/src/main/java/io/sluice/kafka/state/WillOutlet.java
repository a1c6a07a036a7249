package io.sluice.kafka.state;

import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.GroupCommit;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.WillOwner;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes wills, each in one transaction with the records by which its session loses it: it is published and removed,
 * or neither. Safe for all threads.
 */
public final class WillOutlet {

    private static final Logger LOG = LoggerFactory.getLogger(WillOutlet.class);

    /** The way into Kafka. */
    public interface Wills {
        /**
         * Publishes a will, if its owner still may.
         *
         * @param owner who has left it, or null when that is not known
         * @return its outcome, on any thread
         */
        CompletionStage<PublishOutcome> publish(Message will, @Nullable WillOwner owner, Companion companion);
    }

    private final Wills wills;
    private final SessionTable table;
    private final CompactedLog log;

    WillOutlet(Wills wills, SessionTable table, CompactedLog log) {
        this.wills = wills;
        this.table = table;
        this.log = log;
    }

    /**
     * Publishes a will.
     *
     * @param epochMillis when it is published, in ms since 1970
     * @param rows by which its session loses it; the last is the session itself
     * @param before the session as it is before
     * @param by who writes it, or null for this instance's own transactions
     * @return completes when it is published, or will never be as Kafka does not take it, and the rows are written;
     *     with an error when nothing was written
     */
    CompletionStage<Void> publish(
            ClientId clientId,
            StoredWill will,
            long epochMillis,
            List<ProducerRecord<byte[], byte[]>> rows,
            byte @Nullable [] before,
            @Nullable GroupCommit by) {
        Companion companion = new SessionChange(clientId, rows, before, by);
        return wills.publish(will.at(epochMillis), will.owner(), companion).thenCompose(outcome -> {
            if (!(outcome instanceof Refused refused)) {
                return CompletableFuture.completedFuture(null);
            }
            if (refused.refusal() == Refusal.KAFKA) {
                return CompletableFuture.failedFuture(new IllegalStateException("will: " + refused.detail()));
            }
            // Nobody is there to be told: the reason goes to the operator.
            LOG.atWarn()
                    .addKeyValue("clientId", clientId)
                    .addKeyValue("refusal", refused.refusal().id())
                    .addKeyValue("detail", refused.detail())
                    .log("Will refused");
            return write(rows);
        });
    }

    private CompletionStage<Void> write(List<ProducerRecord<byte[], byte[]>> rows) {
        CompletionStage<Long> last = CompletableFuture.completedFuture(0L);
        for (ProducerRecord<byte[], byte[]> row : rows) {
            last = log.write(
                    row.partition(),
                    row.key(),
                    row.value(),
                    List.of(row.headers().toArray()));
        }
        return last.thenApply(offset -> null);
    }

    /** What changes in a session with its will, or without. */
    private final class SessionChange implements Companion {
        private final ClientId clientId;
        private final List<ProducerRecord<byte[], byte[]>> rows;
        private final byte @Nullable [] before;
        private final @Nullable GroupCommit by;

        SessionChange(
                ClientId clientId,
                List<ProducerRecord<byte[], byte[]>> rows,
                byte @Nullable [] before,
                @Nullable GroupCommit by) {
            this.clientId = clientId;
            this.rows = rows;
            this.before = before;
            this.by = by;
        }

        @Override
        public int spread() {
            return clientId.hashCode();
        }

        @Override
        public @Nullable GroupCommit by() {
            return by;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> rows(List<Companion> together) {
            return rows;
        }

        @Override
        public boolean isWritten() {
            log.syncSurely().toCompletableFuture().join();
            return !Arrays.equals(before, table.session(clientId));
        }
    }
}
