package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.WillOwner;
import org.jspecify.annotations.Nullable;

/**
 * A client's will (MQTT 5, section 3.1.2.5).
 *
 * @param message what to publish, without its expiry
 * @param expirySeconds Message Expiry Interval, which counts from publication, or -1
 * @param delaySeconds Will Delay Interval
 * @param owner who leaves it
 */
public record Will(
        Message message,
        long expirySeconds,
        long delaySeconds,
        @Nullable WillOwner owner) {

    /** The will of a client that is connected. */
    StoredWill stored() {
        return new StoredWill(message, expirySeconds, delaySeconds, StoredWill.NOT_DUE, false, owner);
    }

    /** The will as it is published at this time. */
    Message at(long epochMillis) {
        return stored().at(epochMillis);
    }
}
