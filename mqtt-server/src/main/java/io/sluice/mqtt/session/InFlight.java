package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import org.jspecify.annotations.Nullable;

/** A delivery that was sent and not finished. Confined to the session's loop; it holds no payload of the log's. */
final class InFlight {

    /** How far the exchange is (MQTT 5, section 4.3). */
    enum State {
        /** PUBLISH was sent: PUBACK or PUBREC is owed. */
        SENT,
        /** PUBREC came and PUBREL was sent: PUBCOMP is owed, and PUBLISH never goes out again [MQTT-4.3.3-6]. */
        RELEASED
    }

    final int packetId;
    final @Nullable LogPartition partition;
    final long offset;
    final @Nullable Message retained;
    final Qos qos;
    State state = State.SENT;
    // Of the table that it is in.
    @Nullable
    InFlight nextInSlot;

    @Nullable
    InFlight older;

    @Nullable
    InFlight newer;

    InFlight(int packetId, @Nullable LogPartition partition, long offset, @Nullable Message retained, Qos qos) {
        this.packetId = packetId;
        this.partition = partition;
        this.offset = offset;
        this.retained = retained;
        this.qos = qos;
    }

    static InFlight of(SessionState.InFlight stored) {
        InFlight restored =
                new InFlight(stored.packetId(), stored.partition(), stored.offset(), stored.retained(), stored.qos());
        restored.state = stored.released() ? State.RELEASED : State.SENT;
        return restored;
    }

    SessionState.InFlight stored() {
        return new SessionState.InFlight(packetId, partition, offset, retained, qos, state == State.RELEASED);
    }
}
