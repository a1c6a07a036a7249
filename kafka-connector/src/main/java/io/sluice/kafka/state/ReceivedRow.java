package io.sluice.kafka.state;

import io.sluice.kafka.transaction.Companion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What remembers that a QoS 2 message has come. */
final class ReceivedRow implements Companion {
    private final HeldClaim.Surroundings around;
    private final HeldClaim claim;
    private final int packetId;
    /** Of the thread that commits. */
    private ReceivedPacketIds.@Nullable Slot slot;

    ReceivedRow(HeldClaim.Surroundings around, HeldClaim claim, int packetId) {
        this.around = around;
        this.claim = claim;
        this.packetId = packetId;
    }

    @Override
    public int spread() {
        return claim.clientId().hashCode();
    }

    @Override
    public Object sharer() {
        return claim;
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> rows(List<Companion> together) {
        List<ReceivedRow> mine = new ArrayList<>();
        List<Integer> packetIds = new ArrayList<>();
        for (Companion one : together) {
            ReceivedRow row = (ReceivedRow) one;
            row.abort();
            mine.add(row);
            packetIds.add(row.packetId);
        }
        List<ProducerRecord<byte[], byte[]>> shared = new ArrayList<>();
        int next = 0;
        for (ReceivedPacketIds.Slot begun : claim.received().begin(packetIds)) {
            Map.Entry<String, byte[]> row = claim.received().row(begun);
            shared.add(around.rows().row(claim.clientId(), claim.claimed().epoch(), row.getKey(), row.getValue()));
            for (int i = 0; i < ReceivedPacketIds.RECORD_MAX && next < mine.size(); i++) {
                mine.get(next++).slot = begun;
            }
        }
        return shared;
    }

    private void abort() {
        ReceivedPacketIds.Slot begun = slot;
        if (begun != null) {
            claim.received().abort(begun, packetId);
            slot = null;
        }
    }

    @Override
    public void onOutcome(boolean written) {
        ReceivedPacketIds.Slot begun = slot;
        if (written && begun != null) {
            claim.received().commit(begun);
        } else {
            abort();
        }
    }

    @Override
    public boolean isWritten() {
        around.log().syncSurely().toCompletableFuture().join();
        return around.table().isReceived(claim.clientId(), packetId);
    }
}
