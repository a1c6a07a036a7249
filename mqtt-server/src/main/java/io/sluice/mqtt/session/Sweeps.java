package io.sluice.mqtt.session;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import java.util.Collection;

/**
 * Where those who are behind the tail catch up: scans of the log, each shared by everybody whose offset it passes. Safe
 * for all threads; each ride is confined to its rider's loop.
 */
public interface Sweeps {

    /**
     * Waits for a scan that passes the offset, and takes part in it.
     *
     * @param partition what to read
     * @param from the first offset that is wanted
     * @param lag about how many records lie between the offset and the tail: those who lack little go first
     * @param room about how many records the rider takes before it is full: it is put off after so many
     * @param filters what the rider wants to see; it is asked again for each record
     * @param rider who takes the records, on its loop
     * @return the ride, until the rider ends it: by refusing a record, by going over to the tail, or by leaving
     */
    Ride board(LogPartition partition, long from, long lag, int room, Collection<TopicFilter> filters, Rider rider);

    /** A place in a scan. Confined to its rider's loop. */
    interface Ride {

        /** The next offset that is to be offered: all below was offered, or is not for this rider. */
        long next();

        /** Ends the ride, if it has not ended. */
        void leave();
    }

    /** Who takes part in a scan. Called on its loop alone. */
    interface Rider {

        Loop loop();

        /**
         * Takes a record that matches one of its filters.
         *
         * @return false when there is no room: the ride has ended before this record
         */
        boolean onRecord(OutboundMessage message, long offset);

        /**
         * The scan has passed the loop's tail, or stands where it is.
         *
         * @param next the next offset
         * @return whether the rider goes over to the tail: the ride has ended
         */
        boolean onTailReached(long next);

        /** It has got as much as it had said that it takes: the ride has ended before this offset. */
        void onPutOff(long next);

        /** The partition is no more, and so is what was in it: the ride has ended. */
        void onGone();

        /** Retention had deleted records before they were read. */
        void onLost(long records);

        /** After a batch in which it took, or refused, something. */
        void afterBatch();
    }
}
