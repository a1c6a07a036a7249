package io.sluice.mqtt.session;

/** Where a delivery came from: a metric's label. */
public enum DeliverySource {
    TAIL("tail"),
    SWEEP("sweep"),
    RETAINED("retained");

    private final String id;

    DeliverySource(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }
}
