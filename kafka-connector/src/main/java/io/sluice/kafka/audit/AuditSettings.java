package io.sluice.kafka.audit;

import java.time.Duration;

/**
 * What the topics are measured by.
 *
 * @param maxExpiry the longest that a session outlives its connection: so long its messages must stay
 * @param statePrefix of the state topics' names
 * @param isOneNode whether Kafka is the embedded one, of which nobody expects a second copy
 */
public record AuditSettings(Duration maxExpiry, String statePrefix, boolean isOneNode) {}
