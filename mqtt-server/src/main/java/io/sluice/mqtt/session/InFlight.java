package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
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
    /** Its place among all deliveries of the session. */
    final long order;

    /** The shared subscription that it is of, or null. */
    final @Nullable TopicFilter share;
    /** Whether a group must hear of its end. */
    final @Nullable SharedHandout handout;

    State state = State.SENT;
    /** PUBREC has come, and PUBREL waits until that is durable. */
    boolean releasing;
    /** Of an earlier connection, and nothing of it has been said on this one yet. The window's. */
    boolean unsent;
    // Of the table that it is in.
    @Nullable
    InFlight nextInSlot;

    @Nullable
    InFlight older;

    @Nullable
    InFlight newer;

    InFlight(
            int packetId,
            @Nullable LogPartition partition,
            long offset,
            @Nullable Message retained,
            Qos qos,
            long order) {
        this(packetId, partition, offset, retained, qos, order, null, null);
    }

    private InFlight(
            int packetId,
            @Nullable LogPartition partition,
            long offset,
            @Nullable Message retained,
            Qos qos,
            long order,
            @Nullable TopicFilter share,
            @Nullable SharedHandout handout) {
        this.packetId = packetId;
        this.partition = partition;
        this.offset = offset;
        this.retained = retained;
        this.qos = qos;
        this.order = order;
        this.share = share;
        this.handout = handout;
    }

    /** A delivery that is sent now. */
    static InFlight of(Delivery delivery, int packetId, long order) {
        SharedHandout handout = delivery.handout();
        return new InFlight(
                packetId,
                delivery.partition(),
                delivery.offset(),
                delivery.partition() == null ? delivery.message().message() : null,
                delivery.qos(),
                order,
                handout == null ? null : handout.filter(),
                handout);
    }

    static InFlight of(SessionState.InFlight stored) {
        InFlight restored = new InFlight(
                stored.packetId(),
                stored.partition(),
                stored.offset(),
                stored.retained(),
                stored.qos(),
                stored.order(),
                stored.share(),
                null);
        restored.state = stored.released() ? State.RELEASED : State.SENT;
        return restored;
    }

    /** Whether it is written down with the session: not what a group gives to another when the connection goes. */
    boolean isOfSession() {
        return handout == null || (qos == Qos.EXACTLY_ONCE ? handout.isKept() : handout.isEnded());
    }

    SessionState.InFlight stored() {
        return new SessionState.InFlight(
                packetId, partition, offset, retained, qos, state == State.RELEASED, order, share);
    }
}
