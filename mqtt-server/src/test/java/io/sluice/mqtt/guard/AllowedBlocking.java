package io.sluice.mqtt.guard;

import reactor.blockhound.BlockHound;

/**
 * The only waits that an event loop may do, beside what BlockHound, Reactor and Netty themselves allow; each with its
 * reason. All are locks that are held for moments, by code that neither does I/O nor waits for Kafka inside of them.
 */
final class AllowedBlocking {

    private AllowedBlocking() {}

    static void allowIn(BlockHound.Builder guard) {
        // The producer's memory, taken for a new batch and given back by Kafka's thread: a few fields under a lock.
        // With max.block.ms=0 it does not wait for memory. See docs/decisions/0005-send-on-the-loop.md.
        guard.allowBlockingCallsInside("org.apache.kafka.clients.producer.internals.BufferPool", "allocate");
        // The same lock, when another loop has opened the batch meanwhile and the memory is not needed.
        guard.allowBlockingCallsInside("org.apache.kafka.clients.producer.internals.BufferPool", "deallocate");
        // Netty's allocator, when threads met at one magazine and it makes more of them: at most twice the cores, ever.
        guard.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines");
        // What is observed while a scrape reads the same histogram: one number into an array under a lock. The scrape
        // takes the lock for a comparison of two numbers, and reads the buckets outside of it.
        guard.allowBlockingCallsInside("io.prometheus.metrics.core.metrics.Buffer", "doAppend");
        // One writer at a time: a walk of the trie in memory. Only SUBSCRIBE and UNSUBSCRIBE; matching takes no lock.
        guard.allowBlockingCallsInside("io.sluice.mqtt.subscription.SubscriptionIndex", "add");
        guard.allowBlockingCallsInside("io.sluice.mqtt.subscription.SubscriptionIndex", "remove");
    }
}
