package io.sluice.app.it;

/** A message as a subscriber gets it. */
public record ReceivedMessage(
        String topic,
        String payload,
        int qos,
        boolean retain,
        boolean dup,
        int packetId,
        ReceivedProperties properties) {}
