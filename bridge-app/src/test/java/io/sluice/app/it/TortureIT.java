package io.sluice.app.it;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sluice is killed with SIGKILL at random moments, again and again, under {@link Torture}. The seed decides when, and
 * which instance; {@code -Dkills} says how often instead.
 */
final class TortureIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    @Timeout(600)
    void killedOnAKafkaThatStays() throws Exception {
        torture(KilledInstances.onOneKafka(folder, 1), 50);
    }

    @Test
    @Timeout(600)
    void killedWithItsEmbeddedKafka() throws Exception {
        torture(KilledInstances.onEmbeddedKafka(folder), 4);
    }

    @Test
    @Timeout(600)
    void oneOfThreeIsKilled() throws Exception {
        torture(KilledInstances.onOneKafka(folder, 3), 6);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void killedTwoHundredTimesOnAKafkaThatStays() throws Exception {
        torture(KilledInstances.onOneKafka(folder, 1), 200);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void killedAHundredTimesWithItsEmbeddedKafka() throws Exception {
        torture(KilledInstances.onEmbeddedKafka(folder), 100);
    }

    @Test
    @Tag("long")
    @Timeout(5_400)
    void oneOfThreeIsKilledTwoHundredTimes() throws Exception {
        torture(KilledInstances.onOneKafka(folder, 3), 200);
    }

    private static void torture(Surroundings surroundings, int kills) throws Exception {
        try (surroundings) {
            new Torture(surroundings, Torture.seed()).run(Integer.getInteger("kills", kills));
        }
    }
}
