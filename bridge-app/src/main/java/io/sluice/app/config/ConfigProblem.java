package io.sluice.app.config;

import java.util.Comparator;
import java.util.List;

/**
 * What is wrong with the configuration, and where. The text form is one line for people.
 *
 * @param error false for a warning
 * @param place where
 * @param path of the key, or "" for the source as a whole
 * @param message what was found and what was expected; secrets masked
 */
public record ConfigProblem(boolean error, Place place, String path, String message)
        implements Comparable<ConfigProblem> {

    private static final Comparator<ConfigProblem> ORDER = Comparator.comparing(ConfigProblem::place)
            .thenComparing(ConfigProblem::path)
            .thenComparing(ConfigProblem::message);

    /** How many there are: "2 errors, 1 warning." */
    public static String summary(List<ConfigProblem> problems) {
        long errors = problems.stream().filter(ConfigProblem::error).count();
        long warnings = problems.size() - errors;
        return count(errors, "error") + ", " + count(warnings, "warning") + ".";
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    @Override
    public int compareTo(ConfigProblem other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return place + ": " + (error ? "error: " : "warning: ") + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
