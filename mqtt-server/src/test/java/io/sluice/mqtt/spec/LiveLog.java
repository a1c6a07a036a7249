package io.sluice.mqtt.spec;

import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.DeliverySink;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.Outstanding;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * A {@link FakeLog} that works by itself, on a thread of its own, as Kafka does: the way in and the way out of a server
 * that runs. It takes nothing while it is held, and never what is published below {@code refused/}.
 */
final class LiveLog implements Ingress, Egress, AutoCloseable {

    private static final int RECORDS_AT_ONCE = 256;

    private final FakeLog log = new FakeLog();
    private final LongSupplier epochMillis;
    private final LogThread thread = new LogThread();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean holding;

    /** @param epochMillis the time that records get */
    LiveLog(LongSupplier epochMillis) {
        this.epochMillis = epochMillis;
    }

    void start(DeliverySink sink) {
        log.start(sink);
    }

    /** From now on what is published waits. */
    void hold() {
        thread.execute(() -> holding = true);
    }

    /** Takes what has waited, and what comes. */
    void letGo() {
        thread.execute(() -> {
            holding = false;
            for (Runnable task = held.poll(); task != null; task = held.poll()) {
                task.run();
            }
        });
    }

    /** Appends a message that comes from no client: a will that is due. */
    long append(Message message) {
        synchronized (log) {
            long offset = log.append(message, epochMillis.getAsLong());
            thread.execute(this::poll);
            return offset;
        }
    }

    private void poll() {
        synchronized (log) {
            while (log.poll(RECORDS_AT_ONCE)) {
                // Until the tails are where the log ends, or the loops have no room.
            }
        }
    }

    @Override
    public Mono<Reading> open(TopicFilter filter, Collection<LogPartition> partitions, StartListener listener) {
        return Mono.create(sink -> thread.execute(() -> {
            synchronized (log) {
                Disposable opening =
                        log.open(filter, partitions, listener).map(this::locked).subscribe(sink::success, sink::error);
                sink.onCancel(opening);
                work();
            }
        }));
    }

    private Reading locked(Reading reading) {
        return new Reading() {
            @Override
            public Collection<LogPartition> partitions() {
                synchronized (log) {
                    return reading.partitions();
                }
            }

            @Override
            public void close() {
                synchronized (log) {
                    reading.close();
                }
            }
        };
    }

    @Override
    public Mono<LogBatch> read(LogPartition partition, long from, int bytesMax) {
        return Mono.create(sink -> thread.execute(() -> {
            synchronized (log) {
                sink.onDispose(log.read(partition, from, bytesMax).subscribe(sink::success, sink::error));
                work();
            }
        }));
    }

    private void work() {
        while (log.work()) {
            // What was asked for may ask for more.
        }
    }

    @Override
    public void resume() {
        thread.execute(() -> {
            synchronized (log) {
                log.resume();
            }
            poll();
        });
    }

    @Override
    public Lane open(Loop loop, Brake brake, Runnable onReadable) {
        return new LiveLane(loop);
    }

    private final class LiveLane implements Lane {
        private final Loop loop;
        private final Outstanding outstanding = new Outstanding();

        LiveLane(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void publish(Message message, OutcomeListener listener) {
            submit(
                    () -> message.topicName().value().startsWith("refused/")
                            ? new PublishOutcome.Refused(Refusal.KAFKA, "the log does not take it")
                            : new PublishOutcome.Stored(
                                    FakeLog.partition(message.topicName().levels()[0]), append(message)),
                    listener);
        }

        @Override
        public void publishOnce(Message message, Once once, OutcomeListener listener) {
            publish(message, listener);
        }

        @Override
        public void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener listener) {
            submit(() -> refused, listener);
        }

        private void submit(java.util.function.Supplier<PublishOutcome> work, OutcomeListener listener) {
            outstanding.add();
            Runnable task = () -> {
                PublishOutcome outcome = work.get();
                loop.execute(() -> {
                    outstanding.remove();
                    listener.onOutcome(outcome);
                    outstanding.settle();
                });
            };
            thread.execute(() -> {
                if (holding) {
                    held.add(task);
                } else {
                    task.run();
                }
            });
        }

        @Override
        public boolean isReadable() {
            return true;
        }

        @Override
        public int pending() {
            return outstanding.count();
        }

        @Override
        public void whenSettled(Runnable task) {
            outstanding.whenNone(task);
        }

        @Override
        public void close() {
            // What was taken is still written.
        }
    }

    @Override
    public void close() {
        thread.close();
    }

    /** Takes tasks without a lock, as no event loop may wait for one. */
    private static final class LogThread implements Executor, AutoCloseable {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final Thread thread = new Thread(this::run, "log");
        private volatile boolean closed;

        LogThread() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
            LockSupport.unpark(thread);
        }

        private void run() {
            while (!closed) {
                Runnable task = tasks.poll();
                if (task == null) {
                    LockSupport.park(this);
                } else {
                    task.run();
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(thread);
        }
    }
}
