package io.sluice.kafka.egress;

/**
 * How Kafka is read.
 *
 * @param tails threads that read what is in demand; partitions are spread over them
 * @param readers threads that read for those who are behind
 * @param readsWaitingMax reads that may wait for a reader; more fail
 */
public record EgressSettings(int tails, int readers, int readsWaitingMax) {

    public static final EgressSettings DEFAULTS = new EgressSettings(1, 2, 100_000);

    public EgressSettings {
        if (tails < 1 || readers < 1 || readsWaitingMax < 1) {
            throw new IllegalArgumentException("egress: " + tails + " tails, " + readers + " readers, "
                    + readsWaitingMax + " waiting reads (expected: at least 1 each)");
        }
    }
}
