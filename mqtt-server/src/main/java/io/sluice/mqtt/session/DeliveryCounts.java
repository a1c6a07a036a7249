package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;

/**
 * Deliveries that no meter has counted yet: what all loops share is touched once a flush, not once a delivery. Confined to
 * its loop.
 */
@SuppressWarnings("EnumOrdinal")
final class DeliveryCounts {

    private static final Qos[] QOS = Qos.values();
    private static final DeliverySource[] SOURCES = DeliverySource.values();

    private final int[] acknowledged = new int[QOS.length];
    private int inFlight;
    private boolean changed;
    private final int[] counts = new int[QOS.length * SOURCES.length];

    void add(Qos qos, DeliverySource source) {
        counts[qos.ordinal() * SOURCES.length + source.ordinal()]++;
        changed = true;
    }

    void addAcknowledged(Qos qos) {
        acknowledged[qos.ordinal()]++;
        changed = true;
    }

    void inFlight(int change) {
        inFlight += change;
        changed = true;
    }

    void moveTo(SessionMeters meters) {
        if (!changed) {
            return;
        }
        changed = false;
        meters.inFlight(inFlight);
        inFlight = 0;
        for (Qos qos : QOS) {
            if (acknowledged[qos.ordinal()] > 0) {
                meters.acknowledged(qos, acknowledged[qos.ordinal()]);
                acknowledged[qos.ordinal()] = 0;
            }
            for (DeliverySource source : SOURCES) {
                int place = qos.ordinal() * SOURCES.length + source.ordinal();
                if (counts[place] > 0) {
                    meters.delivered(qos, source, counts[place]);
                    counts[place] = 0;
                }
            }
        }
    }
}
