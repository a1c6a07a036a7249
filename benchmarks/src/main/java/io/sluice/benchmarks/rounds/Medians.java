package io.sluice.benchmarks.rounds;

import java.util.ArrayList;
import java.util.List;

/** The middle of a few numbers. */
final class Medians {

    private Medians() {}

    /** The median, of an even number of values the mean of the two in the middle; NaN without values. NaNs are left out. */
    static double of(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.removeIf(value -> value.isNaN());
        sorted.sort(null);
        int size = sorted.size();
        if (size == 0) {
            return Double.NaN;
        }
        return size % 2 == 1 ? sorted.get(size / 2) : (sorted.get(size / 2 - 1) + sorted.get(size / 2)) / 2;
    }
}
