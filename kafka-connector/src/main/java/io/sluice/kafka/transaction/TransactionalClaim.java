package io.sluice.kafka.transaction;

/** A claim whose QoS 2 messages are written in one transaction with their packet ids. Safe for all threads. */
public interface TransactionalClaim {

    /** What remembers that the message with this packet id has come. */
    Companion received(int packetId);
}
