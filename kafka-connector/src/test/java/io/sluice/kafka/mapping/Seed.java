package io.sluice.kafka.mapping;

import java.util.SplittableRandom;

/** The randomness of a property test: another seed at each run, printed by what fails, replayed by -Dseed=…. */
final class Seed {

    private final long value = Long.getLong("seed", System.nanoTime());

    SplittableRandom random() {
        return new SplittableRandom(value);
    }

    @Override
    public String toString() {
        return "replay with -Dseed=" + value;
    }
}
