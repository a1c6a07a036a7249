package io.sluice.app.runtime;

/**
 * How much there is of something in a minute, averaged over the last minutes with falling weight, as load averages are.
 * Confined to one thread; no clock.
 */
final class LoadAverage {

    private static final double SECONDS = 60;

    private final double minutes;
    private double average;

    LoadAverage(int minutes) {
        this.minutes = minutes;
    }

    /** So much has come in so many seconds. */
    void add(double count, double elapsedSeconds) {
        if (elapsedSeconds > 0) {
            double perMinute = count * SECONDS / elapsedSeconds;
            average = perMinute + Math.exp(-elapsedSeconds / (SECONDS * minutes)) * (average - perMinute);
        }
    }

    /** In a minute. */
    double value() {
        return average;
    }
}
