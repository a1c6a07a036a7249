package io.sluice.kafka.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The levels that are known of an MQTT topic while a rule runs backwards. Confined to its caller until it is shared. */
final class Bindings {

    private final @Nullable String[] levels;
    private @Nullable List<String> rest;

    Bindings(int levelCount) {
        this.levels = new String[levelCount];
    }

    private Bindings(Bindings other) {
        this.levels = other.levels.clone();
        this.rest = other.rest;
    }

    /** What is known of a topic before anything is read: the literal levels. */
    static Bindings of(RuleFilter filter) {
        Bindings bindings = new Bindings(filter.levelsMin());
        for (int i = 0; i < filter.levels().size(); i++) {
            bindings.levels[i] = filter.levels().get(i).literal();
        }
        return bindings;
    }

    Bindings copy() {
        return new Bindings(this);
    }

    /** Whether the level is what it was known to be, if it was. */
    boolean bind(int slot, String value) {
        String known = levels[slot];
        levels[slot] = value;
        return known == null || known.equals(value);
    }

    /** The same for the levels of the '#'. */
    boolean bindRest(List<String> values) {
        List<String> known = rest;
        rest = values;
        return known == null || known.equals(values);
    }

    int levelCount() {
        return levels.length;
    }

    @Nullable
    String level(int slot) {
        return levels[slot];
    }

    @Nullable
    List<String> rest() {
        return rest;
    }
}
