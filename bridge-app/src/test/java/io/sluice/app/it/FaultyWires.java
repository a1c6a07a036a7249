package io.sluice.app.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sluice and a Kafka that nobody stops, with a {@link FaultyProxy} before one of them: between the clients and Sluice, or
 * between Sluice and Kafka.
 */
final class FaultyWires implements Surroundings {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A client that has heard nothing for so long takes the network for broken. */
    private static final int CLIENT_TIMEOUT_MILLIS = 3_000;

    private static final long TO_CLIENTS_BYTES_MAX = 200_000;
    private static final long TO_KAFKA_BYTES_MAX = 1_000_000;

    private final Path folder;
    private final long seed;
    private final boolean isBeforeKafka;
    private final KafkaCluster kafka;
    private @Nullable ChildSluice sluice;
    private @Nullable FaultyProxy proxy;

    private FaultyWires(Path folder, long seed, boolean isBeforeKafka) throws IOException {
        this.folder = folder;
        this.seed = seed;
        this.isBeforeKafka = isBeforeKafka;
        kafka = new KafkaCluster(folder, 1);
    }

    static FaultyWires toClients(Path folder, long seed) throws IOException {
        return new FaultyWires(folder, seed, false);
    }

    static FaultyWires toKafka(Path folder, long seed) throws IOException {
        return new FaultyWires(folder, seed, true);
    }

    private ChildSluice sluice() {
        if (sluice == null) {
            throw new IllegalStateException("not started");
        }
        return sluice;
    }

    private FaultyProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("not started");
        }
        return proxy;
    }

    @Override
    public void start() throws Exception {
        if (isBeforeKafka) {
            FaultyProxy before =
                    new FaultyProxy(kafka.clientsPorts().get(0), FaultyProxy.lots(seed, TO_KAFKA_BYTES_MAX));
            kafka.advertise(port -> before.port());
            proxy = before;
        }
        kafka.start();
        // Where the network swallows a request, Kafka's clients wait for so long.
        String properties = ", properties: {request.timeout.ms: '5000'}";
        sluice = new ChildSluice(folder.resolve("sluice"), kafka.bootstrapServers(), properties, "");
        sluice.start();
        if (!isBeforeKafka) {
            proxy = new FaultyProxy(sluice.port(), FaultyProxy.lots(seed, TO_CLIENTS_BYTES_MAX));
        }
        proxy().begin();
    }

    @Override
    public RawClient open(int turn) throws IOException {
        return new RawClient(isBeforeKafka ? sluice().port() : proxy().port(), CLIENT_TIMEOUT_MILLIS);
    }

    /** The proxy strikes by itself: this waits until it has. */
    @Override
    public void strike(SplittableRandom random) {
        int before = proxy().harms();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> proxy().harms() > before);
    }

    @Override
    public void calm() {
        proxy().calm();
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public String report() throws Exception {
        return "CHILD " + sluice().log() + sluice().metrics() + "NODE " + kafka.log(0);
    }

    @Override
    public void close() throws IOException {
        if (sluice != null) {
            sluice.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        kafka.close();
    }
}
