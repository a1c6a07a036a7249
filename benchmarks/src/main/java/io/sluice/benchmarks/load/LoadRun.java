package io.sluice.benchmarks.load;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run: connect, warm up, measure, wait for stragglers, count. Confined to the thread that calls {@link #run}. */
final class LoadRun {

    private static final Duration STALL_CHECK = Duration.ofSeconds(2);
    private static final Duration CHECK = Duration.ofMillis(50);

    /** Open loop: the first message is due this long after the start, so that all publishers have started. */
    private static final long LEAD_NANOS = 20_000_000;

    private final LoadPlan plan;
    private final Fleet fleet;
    private long stallCheckNanos = System.nanoTime();

    LoadRun(LoadPlan plan, Fleet fleet) {
        this.plan = plan;
        this.fleet = fleet;
    }

    /** The counts and CPU times at one moment. */
    record Mark(long nanos, LoopCounters.Totals totals, double toolCpuSeconds, List<Double> serverCpuSeconds) {}

    /** Does it all, within the times of the plan; reading back from Kafka takes its own time. */
    LoadReport run() throws Exception {
        KafkaPlace place = plan.kafka();
        if (place == null) {
            return measure(null);
        }
        try (KafkaReadBack readBack = KafkaReadBack.fromNow(place)) {
            return measure(readBack);
        }
    }

    private LoadReport measure(@Nullable KafkaReadBack readBack) throws Exception {
        fleet.connect();
        fleet.rest();
        start();
        pause(Duration.ofSeconds(plan.warmupSeconds()));
        Mark first = mark(true);
        pause(Duration.ofSeconds(plan.seconds()));
        Mark last = mark(false);
        for (Publisher publisher : fleet.publishers()) {
            publisher.channel().eventLoop().execute(publisher::stop);
        }
        boolean drained = drain();
        fleet.disconnect();
        KafkaVerdict verdict = readBack == null ? null : verdict(readBack);
        return new LoadReport(plan, fleet, new LoadReport.Span(first, last, drained), verdict);
    }

    /** On clients whose loops have ended. */
    private KafkaVerdict verdict(KafkaReadBack readBack) {
        StoredSequences stored = new StoredSequences(fleet.run(), plan.publishers());
        long sent = fleet.publishers().stream().mapToLong(Publisher::sent).sum();
        readBack.readInto(stored, sent);
        return stored.verdict(fleet.publishers().stream()
                .map(publisher -> new StoredSequences.Claim(
                        publisher.sent(), plan.qos() == 0 ? sequence -> false : publisher::isAcknowledged))
                .toList());
    }

    private void start() {
        int count = fleet.publishers().size();
        long interval = plan.isOpenLoop() ? Math.max(1, 1_000_000_000L * count / plan.rate()) : 0;
        long startNanos = System.nanoTime() + LEAD_NANOS;
        for (int i = 0; i < count; i++) {
            Publisher publisher = fleet.publishers().get(i);
            EventLoop loop = publisher.channel().eventLoop();
            long firstNanos = startNanos + interval * i / count;
            loop.execute(() -> publisher.start(firstNanos, interval));
        }
    }

    private Mark mark(boolean measuring) throws Exception {
        List<Double> servers = new ArrayList<>();
        for (long pid : plan.serverPids()) {
            servers.add(ProcessCpu.seconds(pid));
        }
        double tool = ProcessCpu.seconds(ProcessHandle.current().pid());
        return new Mark(System.nanoTime(), fleet.measure(measuring), tool, servers);
    }

    /** Waits for publishers to be answered and for subscribers to have everything, but not for ever. */
    private boolean drain() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(plan.drainSeconds()).toNanos();
        long sent = fleet.sumOfPublishers(Publisher::sent) * plan.subscribers();
        do {
            boolean answered = fleet.sumOfPublishers(publisher -> publisher.isDrained() ? 0L : 1L) == 0;
            if (answered && (plan.subscribers() == 0 || distinct() >= sent)) {
                return true;
            }
            Thread.sleep(CHECK.toMillis());
        } while (System.nanoTime() < end);
        return false;
    }

    private long distinct() throws Exception {
        return fleet.sumOfSubscribers(subscriber -> {
            long sum = 0;
            for (int publisher = 0; publisher < plan.publishers(); publisher++) {
                sum += subscriber.checker(publisher).distinct();
            }
            return sum;
        });
    }

    /** Waits, less long when all publishers have sent all they may. */
    private void pause(Duration length) throws Exception {
        long end = System.nanoTime() + length.toNanos();
        boolean limited = plan.messagesMax() < LoadPlan.MESSAGES_MAX;
        long all = (long) plan.messagesMax() * plan.publishers();
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            if (now - stallCheckNanos > STALL_CHECK.toNanos()) {
                fleet.deliveries().onStallCheck();
                stallCheckNanos = now;
            }
            if (limited && fleet.sumOfPublishers(Publisher::sent) >= all) {
                return;
            }
            Thread.sleep(Math.max(1, Math.min(CHECK.toNanos(), end - now) / 1_000_000));
        }
    }
}
