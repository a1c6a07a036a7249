package io.sluice.app.it;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What clients are tortured in: where they connect to, and what is done to it. All but {@link #open} is for the test's
 * thread.
 */
interface Surroundings extends AutoCloseable {

    /** Starts everything; returns when clients may connect. */
    void start() throws Exception;

    /**
     * A connection for a client.
     *
     * @param turn counts the client's connections: with several instances each is to another
     */
    RawClient open(int turn) throws IOException;

    /** Lets it live for a while, and does one harm; what was stopped is started again when it returns. */
    void strike(SplittableRandom random) throws Exception;

    /** No more harm; what was done is over. */
    default void calm() throws Exception {}

    /** The Kafka in which all records are. */
    String bootstrapServers();

    /** What there is to say of a failure. */
    String report() throws Exception;

    @Override
    void close() throws IOException;

    /** How long something lives is what is tried: nothing is waited for. */
    static void pass(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
