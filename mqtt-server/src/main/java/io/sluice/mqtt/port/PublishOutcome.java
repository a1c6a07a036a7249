package io.sluice.mqtt.port;

/** What became of a message that was given to {@link Ingress}. */
public sealed interface PublishOutcome {

    /**
     * The log has it, as durably as the contract asks (acks=all).
     *
     * @param partition where
     * @param offset at which offset
     */
    record Stored(LogPartition partition, long offset) implements PublishOutcome {}

    /**
     * Its payload is not what its rule asks for, and the log has it aside, in the rule's dead-letter topic, as durably
     * as any other: to the publisher it is accepted, to subscribers and the retained messages it does not exist.
     *
     * @param reason why it is there
     */
    record DeadLettered(Refusal reason) implements PublishOutcome {}

    /**
     * It was not written, and will not be.
     *
     * @param refusal the reason, one of a closed list
     * @param detail for the operator and the reason string: what was found, what was expected
     */
    record Refused(Refusal refusal, String detail) implements PublishOutcome {}
}
