package io.sluice.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was written, before anybody knows what it means. Immutable. */
sealed interface Tree {

    /** Where it begins. */
    Place place();

    /** What it is, for people. */
    String noun();

    /**
     * One value.
     *
     * @param plain whether it was written without quotes
     */
    record Scalar(Place place, String text, boolean plain) implements Tree {

        /** Whether nothing was written, in one of YAML's ways. */
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String noun() {
            return isNothing() ? "nothing" : "\"" + text + "\"";
        }
    }

    /** Values in order. */
    record Items(Place place, List<Tree> items) implements Tree {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String noun() {
            return "a list";
        }
    }

    /**
     * A value with the place of its key.
     */
    record Entry(Place keyPlace, Tree value) {}

    /** Values by name, in the order in which they were written. */
    record Branch(Place place, Map<String, Entry> entries) implements Tree {
        public Branch {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String noun() {
            return "a map";
        }

        @Nullable
        Tree get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        Branch without(String key) {
            Map<String, Entry> copy = new LinkedHashMap<>(entries);
            copy.remove(key);
            return new Branch(place, copy);
        }

        /** Both; what the other says wins, and maps merge by name. */
        Branch merge(Branch other) {
            Map<String, Entry> merged = new LinkedHashMap<>(entries);
            other.entries.forEach((key, entry) -> merged.merge(key, entry, Branch::mergeEntry));
            return new Branch(other.place, merged);
        }

        private static Entry mergeEntry(Entry below, Entry above) {
            if (below.value() instanceof Branch lower && above.value() instanceof Branch upper) {
                return new Entry(above.keyPlace(), lower.merge(upper));
            }
            return above;
        }

        /** With this value at the path; maps on the way are made. */
        Branch with(List<String> path, Scalar value) {
            String key = path.get(0);
            Map<String, Entry> copy = new LinkedHashMap<>(entries);
            if (path.size() == 1) {
                copy.put(key, new Entry(value.place(), value));
                return new Branch(place, copy);
            }
            List<String> rest = path.subList(1, path.size());
            Entry below = entries.get(key);
            if (below != null && below.value() instanceof Branch branch) {
                copy.put(key, new Entry(below.keyPlace(), branch.with(rest, value)));
            } else {
                copy.put(key, new Entry(value.place(), new Branch(value.place(), Map.of()).with(rest, value)));
            }
            return new Branch(place, copy);
        }
    }
}
