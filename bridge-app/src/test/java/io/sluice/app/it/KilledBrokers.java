package io.sluice.app.it;

import io.sluice.app.it.ChildSluice.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka of three nodes, one of which is killed with SIGKILL at a time; now and then Sluice is killed while a node is
 * away.
 */
final class KilledBrokers implements Surroundings {

    private static final int NODES = 3;
    private static final int LIFE_MILLIS_MAX = 3_000;
    private static final int AWAY_MILLIS_MAX = 4_000;
    private static final int SLUICE_KILLED_ONE_IN = 4;

    private final KafkaCluster kafka;
    private final Path folder;
    private @Nullable ChildSluice sluice;

    KilledBrokers(Path folder) throws IOException {
        this.folder = folder;
        kafka = new KafkaCluster(folder, NODES);
    }

    private ChildSluice sluice() {
        if (sluice == null) {
            throw new IllegalStateException("not started");
        }
        return sluice;
    }

    @Override
    public void start() throws Exception {
        kafka.start();
        sluice = new ChildSluice(folder.resolve("sluice"), kafka.bootstrapServers());
        sluice.start();
    }

    @Override
    public RawClient open(int turn) throws IOException {
        return sluice().open();
    }

    @Override
    public void strike(SplittableRandom random) throws Exception {
        Surroundings.pass(random.nextInt(LIFE_MILLIS_MAX));
        int node = random.nextInt(NODES);
        boolean isSluiceKilled = random.nextInt(SLUICE_KILLED_ONE_IN) == 0;
        kafka.kill(node);
        Surroundings.pass(random.nextInt(AWAY_MILLIS_MAX));
        if (isSluiceKilled) {
            sluice().restart(Stop.KILL);
        }
        kafka.launch(node);
        kafka.awaitReady(node);
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public String report() throws Exception {
        StringBuilder report = new StringBuilder("CHILD " + sluice().log() + sluice().metrics());
        for (int i = 0; i < kafka.size(); i++) {
            report.append("NODE ").append(kafka.log(i));
        }
        return report.toString();
    }

    @Override
    public void close() {
        if (sluice != null) {
            sluice.close();
        }
        kafka.close();
    }
}
