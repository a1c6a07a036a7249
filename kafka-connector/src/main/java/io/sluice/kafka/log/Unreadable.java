package io.sluice.kafka.log;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a state topic that cannot be read: each is reported with its place, counted, and passed over. Safe for all
 * threads.
 */
public final class Unreadable {

    private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);

    private final String kafkaTopic;
    private final AtomicLong count = new AtomicLong();

    public Unreadable(String kafkaTopic) {
        this.kafkaTopic = kafkaTopic;
    }

    public void add(int partition, long offset, Exception cause) {
        count.incrementAndGet();
        LOG.atError()
                .addKeyValue("kafkaTopic", kafkaTopic)
                .addKeyValue("partition", partition)
                .addKeyValue("offset", offset)
                .addKeyValue("cause", cause.toString())
                .log("A record of a state topic cannot be read, passed over");
    }

    public long count() {
        return count.get();
    }
}
