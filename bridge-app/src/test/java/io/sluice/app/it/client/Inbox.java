package io.sluice.app.it.client;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where a library's threads leave what arrives. Safe for all threads. */
final class Inbox {

    private final BlockingQueue<Delivered> queue = new LinkedBlockingQueue<>();

    void add(Delivered delivered) {
        queue.add(delivered);
    }

    Delivered next() throws InterruptedException {
        Delivered delivered = queue.poll(30, TimeUnit.SECONDS);
        if (delivered == null) {
            throw new AssertionError("no message within 10 s");
        }
        return delivered;
    }
}
