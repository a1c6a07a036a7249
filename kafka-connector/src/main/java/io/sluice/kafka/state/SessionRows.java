package io.sluice.kafka.state;

import io.sluice.mqtt.message.ClientId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Records of the sessions topic, to be written in a transaction. Immutable. */
final class SessionRows {

    private final String topic;
    private final int partitions;

    SessionRows(String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    /** A record of an owner, or for one who is dead. */
    ProducerRecord<byte[], byte[]> row(ClientId clientId, long epoch, String part, byte @Nullable [] value) {
        return new ProducerRecord<>(
                topic,
                SessionKey.partition(clientId, partitions),
                null,
                new SessionKey(clientId, part).bytes(),
                value,
                List.of(epochHeader(epoch)));
    }

    /** What ends a session: of the parts, the claim, and at last the session itself. */
    List<String> ending(Set<String> parts) {
        List<String> all = new ArrayList<>(parts);
        all.remove(SessionKey.SESSION);
        all.add(SessionKey.CLAIM);
        all.add(SessionKey.SESSION);
        return all;
    }

    /** The records that end a session. */
    List<ProducerRecord<byte[], byte[]>> end(ClientId clientId, long epoch, Set<String> parts) {
        return ending(parts).stream()
                .map(part -> row(clientId, epoch, part, null))
                .toList();
    }

    static Header epochHeader(long epoch) {
        return new RecordHeader(
                SessionTable.EPOCH_HEADER,
                ByteBuffer.allocate(Long.BYTES).putLong(epoch).array());
    }
}
