package io.sluice.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Command line of the form {@code --name value}. Every value is bounded; a name that nobody asked for is refused. */
public final class Arguments {

    private final Map<String, String> values;
    private final Set<String> unread;

    private Arguments(Map<String, String> values) {
        this.values = values;
        this.unread = new LinkedHashSet<>(values.keySet());
    }

    /**
     * Splits a command line from the given position on.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static Arguments parse(String[] args, int from) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = from; i < args.length; i += 2) {
            String name = args[i];
            if (!name.startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("argument: " + name + " (expected: --name value)");
            }
            if (values.put(name.substring(2), args[i + 1]) != null) {
                throw new IllegalArgumentException("argument: " + name + " twice (expected: once)");
            }
        }
        return new Arguments(values);
    }

    public String text(String name, String absent) {
        unread.remove(name);
        return values.getOrDefault(name, absent);
    }

    /** A whole number within the bounds, both inclusive. */
    public int number(String name, int absent, int min, int max) {
        String text = text(name, Integer.toString(absent));
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(problem(name, text, min, max), e);
        }
        throw new IllegalArgumentException(problem(name, text, min, max));
    }

    /** Refuses what no method above was asked for: to be called when all are read. */
    public void refuseUnread() {
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException("argument: unknown " + unread + " (expected: a known one)");
        }
    }

    private static String problem(String name, String text, int min, int max) {
        return "--" + name + ": " + text + " (expected: " + min + " to " + max + ")";
    }
}
