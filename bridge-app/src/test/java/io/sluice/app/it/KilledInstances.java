package io.sluice.app.it;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Instances of Sluice, one of which is killed with SIGKILL at a time, on a Kafka that stays or that dies with it. */
final class KilledInstances implements Surroundings {

    private static final int LIFE_MILLIS_MIN = 50;
    private static final int LIFE_MILLIS_MAX = 1_500;

    private final Path folder;
    private final int count;
    private final @Nullable EmbeddedKafka kafka;
    private final List<ChildSluice> instances = new ArrayList<>();

    private KilledInstances(Path folder, int count, @Nullable EmbeddedKafka kafka) {
        this.folder = folder;
        this.count = count;
        this.kafka = kafka;
    }

    /** So many instances on a Kafka that nobody kills. */
    static KilledInstances onOneKafka(Path folder, int count) {
        return new KilledInstances(
                folder, count, new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0)));
    }

    /** One instance, whose Kafka is in its own process. */
    static KilledInstances onEmbeddedKafka(Path folder) {
        return new KilledInstances(folder, 1, null);
    }

    @Override
    public void start() throws Exception {
        if (kafka != null) {
            kafka.start();
        }
        for (int i = 0; i < count; i++) {
            // One has the default name, as it has in most installations.
            String keys = count == 1 ? "" : "instance: {name: sluice-%d}".formatted(i);
            ChildSluice instance = new ChildSluice(
                    folder.resolve("sluice-" + i), kafka == null ? null : kafka.bootstrapServers(), "", keys);
            instances.add(instance);
            instance.start();
        }
    }

    @Override
    public RawClient open(int turn) throws IOException {
        return instances.get(turn % count).open();
    }

    @Override
    public void strike(SplittableRandom random) throws Exception {
        Surroundings.pass(random.nextInt(LIFE_MILLIS_MIN, LIFE_MILLIS_MAX));
        instances.get(random.nextInt(count)).restart(Stop.KILL);
    }

    @Override
    public String bootstrapServers() {
        return instances.get(0).bootstrapServers();
    }

    @Override
    public String report() throws Exception {
        StringBuilder report = new StringBuilder();
        for (ChildSluice instance : instances) {
            report.append("CHILD ").append(instance.log()).append(instance.metrics());
        }
        return report.toString();
    }

    @Override
    public void close() {
        instances.forEach(ChildSluice::close);
        if (kafka != null) {
            kafka.close();
        }
    }
}
