package io.sluice.kafka.ingress;

import io.sluice.kafka.mapping.RuleSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which one loop's connections write, and how many of their messages are under way by which. A message keeps
 * the rules with which it was taken. Confined to its loop.
 */
final class LoopRules {

    /** Rules, from when they are put in force until the last message by them is answered. */
    static final class Term {
        private final RuleSet rules;
        private int underWay;
        private @Nullable Runnable onEnded;

        private Term(RuleSet rules) {
            this.rules = rules;
        }

        RuleSet rules() {
            return rules;
        }

        /** A message is taken by them. */
        void enter() {
            underWay++;
        }

        /** It has its outcome. */
        void leave() {
            underWay--;
            endIfDone();
        }

        private void endIfDone() {
            Runnable ended = onEnded;
            if (underWay == 0 && ended != null) {
                onEnded = null;
                ended.run();
            }
        }
    }

    private Term term;

    LoopRules(RuleSet rules) {
        term = new Term(rules);
    }

    /** The rules in force. */
    Term term() {
        return term;
    }

    /**
     * Puts other rules in force.
     *
     * @param onEnded called when no message is under way by those of before, which may be at once
     */
    void replace(RuleSet next, Runnable onEnded) {
        Term before = term;
        if (before.rules == next) {
            onEnded.run();
            return;
        }
        term = new Term(next);
        before.onEnded = onEnded;
        before.endIfDone();
    }
}
