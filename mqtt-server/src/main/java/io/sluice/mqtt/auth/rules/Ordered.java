package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one client's rules for one action, in the order of the rules, each beside what its rule says. Immutable
 * but for being built.
 */
final class Ordered {

    private final Action action;
    private final LevelFilter[] filters;
    private final Decision[] decisions;

    private Ordered(Action action, List<LevelFilter> filters, List<Decision> decisions) {
        this.action = action;
        this.filters = filters.toArray(new LevelFilter[0]);
        this.decisions = decisions.toArray(new Decision[0]);
    }

    /** Takes rule by rule. */
    static final class Builder {

        private final Action action;
        private final List<LevelFilter> filters = new ArrayList<>();
        private final List<Decision> decisions = new ArrayList<>();

        Builder(Action action) {
            this.action = action;
        }

        void add(CompiledRule rule, List<LevelFilter> bound) {
            if (rule.rule().isAbout(action)) {
                for (LevelFilter filter : bound) {
                    filters.add(filter);
                    decisions.add(rule.decision(action));
                }
            }
        }

        Ordered build() {
            return new Ordered(action, filters, decisions);
        }
    }

    int size() {
        return filters.length;
    }

    /** Whether it decides by the same filters of the same rules. */
    boolean isLike(Ordered other) {
        if (!Arrays.equals(filters, other.filters)) {
            return false;
        }
        for (int i = 0; i < decisions.length; i++) {
            if (!decisions[i].rule().equals(other.decisions[i].rule())) {
                return false;
            }
        }
        return true;
    }

    /** The first that matches decides; null when none does. */
    @Nullable
    Decision first(String topicName) {
        for (int i = 0; i < filters.length; i++) {
            if (filters[i].matches(topicName)) {
                return decisions[i];
            }
        }
        return null;
    }

    /**
     * The first that covers the filter decides, unless one before it denies a part. Two rules that allow a half each do
     * not allow the whole: it is asked for as two subscriptions.
     */
    Decision whole(LevelFilter asked) {
        String part = null;
        for (int i = 0; i < filters.length; i++) {
            Decision decision = decisions[i];
            if (decision.allowed() ? filters[i].covers(asked) : filters[i].meets(asked)) {
                return decision;
            }
            if (part == null && filters[i].meets(asked)) {
                part = decision.rule();
            }
        }
        return new Decision(
                false, action, part == null ? RulePermissions.NO_RULE : "no rule for all of it; a part: " + part);
    }
}
