package io.sluice.app.config;

import java.util.Comparator;

/**
 * Where a value or a problem is. The order is that of precedence: files, environment, command line; inside a file line
 * and column.
 *
 * @param rank which source
 * @param source its name
 * @param line from 1, or 0 when the source has none
 * @param column from 1, or 0 when the source has none
 */
public record Place(int rank, String source, int line, int column) implements Comparable<Place> {

    /** Of what nobody has said. */
    public static final Place DEFAULT = new Place(-1, "default", 0, 0);

    private static final int ENVIRONMENT = Integer.MAX_VALUE - 1;
    private static final int COMMAND_LINE = Integer.MAX_VALUE;
    private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::rank)
            .thenComparingInt(Place::line)
            .thenComparingInt(Place::column)
            .thenComparing(Place::source);

    static Place inFile(int index, String name, int line, int column) {
        return new Place(index, name, line, column);
    }

    static Place inEnvironment(String variable) {
        return new Place(ENVIRONMENT, "environment " + variable, 0, 0);
    }

    static Place onCommandLine(String key) {
        return new Place(COMMAND_LINE, "--set " + key, 0, 0);
    }

    /** Whether nobody has said the value. */
    public boolean isDefault() {
        return rank == DEFAULT.rank;
    }

    /** Whether it is in a file, where lists can be written. */
    boolean isInFile() {
        return rank >= 0 && rank < ENVIRONMENT;
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
