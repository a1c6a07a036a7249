package io.sluice.mqtt.auth.shared;

import io.sluice.mqtt.message.ReasonCode;

/** Why somebody was not let in: an enum of each way to authenticate implements it, so that the list is closed. */
public interface Cause {

    /** The label of {@code sluice_authentication_failures_total}. */
    String id();

    /** What the client is told, and all that it is told. */
    ReasonCode reasonCode();
}
