package io.sluice.app.it;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link Torture} by what is around Sluice: Kafka's nodes are killed, and networks cut connections at any byte, close
 * half of them, delay, and swallow. The seed decides; {@code -Dstrikes} says how often instead.
 */
final class FaultsTortureIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    @Timeout(600)
    void kafkasNodesAreKilled() throws Exception {
        torture(new KilledBrokers(folder), Torture.seed(), 4);
    }

    @Test
    @Timeout(600)
    void theNetworkToTheClientsFails() throws Exception {
        long seed = Torture.seed();
        torture(FaultyWires.toClients(folder, seed), seed, 60);
    }

    @Test
    @Timeout(600)
    void theNetworkToKafkaFails() throws Exception {
        long seed = Torture.seed();
        torture(FaultyWires.toKafka(folder, seed), seed, 10);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void kafkasNodesAreKilledTwoHundredTimes() throws Exception {
        torture(new KilledBrokers(folder), Torture.seed(), 200);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void theNetworkToTheClientsFailsThreeThousandTimes() throws Exception {
        long seed = Torture.seed();
        torture(FaultyWires.toClients(folder, seed), seed, 3_000);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void theNetworkToKafkaFailsFiveHundredTimes() throws Exception {
        long seed = Torture.seed();
        torture(FaultyWires.toKafka(folder, seed), seed, 500);
    }

    private static void torture(Surroundings surroundings, long seed, int strikes) throws Exception {
        try (surroundings) {
            new Torture(surroundings, seed).run(Integer.getInteger("strikes", strikes));
        }
    }
}
