package io.sluice.benchmarks.floor;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Who gets everything, by the form of the packets and by loop. Safe for all threads (concurrent collections). */
final class Subscribers {

    /** Batches under way to sockets before the tail waits: the floor's whole flow control. */
    private static final int WRITES_MAX = 4_096;

    private final Map<Form, Map<EventLoop, List<Channel>>> forms = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore writes = new Semaphore(WRITES_MAX);

    /** Subscribers of one form get the same bytes. */
    record Form(boolean version5, int qos) {}

    /** Adds a subscriber, and runs the action on the tail's thread once all that comes from now on is read. */
    void add(Channel channel, boolean version5, int qos, Runnable whenRead) {
        List<Channel> channels = forms.computeIfAbsent(new Form(version5, qos), form -> new ConcurrentHashMap<>())
                .computeIfAbsent(channel.eventLoop(), loop -> new CopyOnWriteArrayList<>());
        channels.add(channel);
        count.incrementAndGet();
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            count.decrementAndGet();
        });
        waiting.add(whenRead);
    }

    /** Whether anybody is there to read for: without, an ingest would pay for a consumer that nobody needs. */
    boolean isAny() {
        return count.get() > 0;
    }

    /** The tail reads: who waited for that is told. */
    void onReading() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    /** The forms that somebody wants. */
    List<Form> forms() {
        return forms.entrySet().stream()
                .filter(form -> form.getValue().values().stream().anyMatch(channels -> !channels.isEmpty()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Writes a batch to all subscribers of a form; waits while too much is under way. Consumes the batch. */
    void write(Form form, ByteBuf batch) throws InterruptedException {
        for (Map.Entry<EventLoop, List<Channel>> entry :
                forms.getOrDefault(form, Map.of()).entrySet()) {
            List<Channel> channels = entry.getValue();
            if (channels.isEmpty()) {
                continue;
            }
            int permits = Math.min(channels.size(), WRITES_MAX / 2);
            writes.acquire(permits);
            ByteBuf shared = batch.retainedDuplicate();
            entry.getKey().execute(() -> writeAll(channels, shared, permits));
        }
        batch.release();
    }

    /** The permits are given back when the last of the writes is through, or has failed. */
    private void writeAll(List<Channel> channels, ByteBuf shared, int permits) {
        List<Channel> targets = List.copyOf(channels);
        int[] left = {targets.size()};
        for (Channel channel : targets) {
            channel.writeAndFlush(shared.retainedDuplicate()).addListener(written -> {
                if (--left[0] == 0) {
                    writes.release(permits);
                }
            });
        }
        if (targets.isEmpty()) {
            writes.release(permits);
        }
        shared.release();
    }
}
