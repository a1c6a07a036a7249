package io.sluice.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.sluice.benchmarks.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** All clients of one run, and the loops they live on. Confined to the thread that runs it, which asks the loops. */
final class Fleet implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    /** Connections opened at once, below any listen backlog. */
    private static final int CONNECT_BATCH = 100;

    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    private final LoadPlan plan;
    private final int run = ThreadLocalRandom.current().nextInt();
    private final DeliveryWindow deliveries;
    private final Transport transport;
    private final Packets packets;
    private final Map<EventLoop, LoopCounters> counters = new LinkedHashMap<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();

    Fleet(LoadPlan plan) {
        this.plan = plan;
        this.transport = Transport.open(plan.threads(), "load");
        this.packets = new Packets(plan.version());
        boolean limited = plan.subscribers() > 0 && !plan.isOpenLoop();
        this.deliveries = limited
                ? new DeliveryWindow(plan.subscribers(), (long) plan.inflight() * plan.publishers())
                : DeliveryWindow.OPEN;
    }

    /** Connects the subscribers, and when all have subscribed, the publishers. */
    void connect() throws Exception {
        byte[] subscribe = packets.subscribe(plan.filters(), plan.qos());
        Subscriber.Setup subscriberSetup = new Subscriber.Setup(plan, run, subscribe, deliveries);
        connect(
                plan.subscribers(),
                "s",
                subscribers,
                (loop, connect) ->
                        new Subscriber(countersOf(loop), packets, connect, subscribers.size(), subscriberSetup));
        Publisher.Setup publisherSetup = new Publisher.Setup(plan, deliveries);
        connect(plan.publishers(), "p", publishers, (loop, connect) -> {
            PublishTemplate template = packets.publish(run, publishers.size(), plan);
            return new Publisher(countersOf(loop), packets, connect, template, publisherSetup);
        });
        deliveries.onOpened(publishers.stream()
                .<Runnable>map(publisher -> () -> loopOf(publisher).execute(publisher::pump))
                .toList());
    }

    /**
     * Makes the loops rest between two rounds. A server that writes each packet by itself would else wake the tool for
     * each, and the tool would cost more than the server.
     */
    void rest() {
        if (plan.pauseMicros() > 0) {
            counters.keySet().forEach(loop -> loop.execute(() -> restOn(loop)));
        }
    }

    /** What the payloads of this run begin with. */
    int run() {
        return run;
    }

    String transportName() {
        return transport.name();
    }

    List<Publisher> publishers() {
        return publishers;
    }

    List<Subscriber> subscribers() {
        return subscribers;
    }

    DeliveryWindow deliveries() {
        return deliveries;
    }

    /** Asks each publisher on its loop, and adds up. */
    long sumOfPublishers(Function<Publisher, Long> question) throws Exception {
        long sum = 0;
        for (Publisher publisher : publishers) {
            sum += call(loopOf(publisher), () -> question.apply(publisher));
        }
        return sum;
    }

    /** Asks each subscriber on its loop, and adds up. */
    long sumOfSubscribers(Function<Subscriber, Long> question) throws Exception {
        long sum = 0;
        for (Subscriber subscriber : subscribers) {
            sum += call(loopOf(subscriber), () -> question.apply(subscriber));
        }
        return sum;
    }

    /** Tells all loops to record latencies or no longer to, and adds up what they counted so far. */
    LoopCounters.Totals measure(boolean on) throws Exception {
        LoopCounters.Totals totals = LoopCounters.Totals.ZERO;
        for (Map.Entry<EventLoop, LoopCounters> entry : counters.entrySet()) {
            totals = totals.plus(call(entry.getKey(), () -> entry.getValue().measure(on)));
        }
        return totals;
    }

    /** Disconnects all and ends the loops. After it everything may be read on the calling thread. */
    void disconnect() {
        for (Subscriber subscriber : subscribers) {
            loopOf(subscriber).execute(subscriber::disconnect);
        }
        for (Publisher publisher : publishers) {
            loopOf(publisher).execute(publisher::disconnect);
        }
        close();
    }

    /** The counters of the loops: only after {@link #disconnect}. */
    List<LoopCounters> counters() {
        return List.copyOf(counters.values());
    }

    @Override
    public void close() {
        transport
                .loops()
                .shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(10, TimeUnit.SECONDS);
        packets.close();
    }

    /** Makes a client for a loop from its CONNECT packet. */
    private interface ClientFactory<C extends Client> {
        C create(EventLoop loop, byte[] connect);
    }

    private <C extends Client> void connect(int count, String kind, List<C> into, ClientFactory<C> factory)
            throws Exception {
        while (into.size() < count) {
            List<CompletableFuture<Void>> opening = new ArrayList<>();
            for (int i = 0; i < CONNECT_BATCH && into.size() < count; i++) {
                EventLoop loop = transport.loops().next();
                // Of this run alone: what an earlier one has left in a session is not measured.
                String clientId = "load-" + Integer.toHexString(run) + kind + into.size();
                byte[] connect = plan.persistent() ? packets.connectToSession(clientId) : packets.connect(clientId);
                C client = factory.create(loop, connect);
                into.add(client);
                opening.add(open(loop, client));
            }
            CompletableFuture.allOf(opening.toArray(CompletableFuture<?>[]::new))
                    .get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private CompletableFuture<Void> open(EventLoop loop, Client client) {
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(transport.channelType())
                .option(ChannelOption.TCP_NODELAY, true)
                // What lies in socket buffers is not with the server: little of it may.
                .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .handler(client)
                .connect(plan.server());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                client.ready().completeExceptionally(done.cause());
            }
        });
        return client.ready();
    }

    private void restOn(EventLoop loop) {
        LockSupport.parkNanos(plan.pauseMicros() * 1_000L);
        if (!loop.isShuttingDown()) {
            // Scheduled, not executed: what is executed runs again before the sockets have had their turn.
            loop.schedule(() -> restOn(loop), 1, TimeUnit.NANOSECONDS);
        }
    }

    private LoopCounters countersOf(EventLoop loop) {
        return counters.computeIfAbsent(loop, unused -> new LoopCounters());
    }

    private static EventLoop loopOf(Client client) {
        Channel channel = client.channel();
        return channel.eventLoop();
    }

    private static <T> T call(EventLoop loop, Callable<T> question) throws Exception {
        return loop.submit(question).get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
