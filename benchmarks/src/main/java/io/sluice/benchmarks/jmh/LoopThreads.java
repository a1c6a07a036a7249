package io.sluice.benchmarks.jmh;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for JMH of the kind that event loops are, since Netty's allocators have caches for these alone. */
public final class LoopThreads extends ThreadPoolExecutor {

    /** As JMH calls it: {@code -Djmh.executor=CUSTOM -Djmh.executor.class=…}. */
    public LoopThreads(int threads, String name) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name, true));
    }
}
