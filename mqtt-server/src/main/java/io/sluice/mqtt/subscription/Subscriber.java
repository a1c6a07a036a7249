package io.sluice.mqtt.subscription;

/** Who holds subscriptions: a connected session. Compared by identity. */
public interface Subscriber {}
