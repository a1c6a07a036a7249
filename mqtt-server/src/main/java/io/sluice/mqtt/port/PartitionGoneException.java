package io.sluice.mqtt.port;

/** A partition is to be read that is not there any more: its topic was deleted, whether or not it was made again. */
public final class PartitionGoneException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public PartitionGoneException(LogPartition partition) {
        super("partition " + partition + " of topic id " + partition.topicId()
                + ": gone (expected: a topic that is there)");
    }
}
