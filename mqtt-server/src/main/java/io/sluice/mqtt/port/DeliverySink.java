package io.sluice.mqtt.port;

/** Takes what the tails read. */
public interface DeliverySink {

    /**
     * Takes a batch, always. Called on the thread of the tail that reads the partition; batches of a partition come in
     * order and without gaps for as long as it is in demand.
     *
     * @return whether more may follow at once; after false the tail waits for {@link Egress#resume()}
     */
    boolean accept(LogBatch batch);

    /** Whether more may follow, asked again after a refusal: the room may have come before the tail could wait. */
    boolean hasRoom();
}
