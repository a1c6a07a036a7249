package io.sluice.kafka.audit;

import java.util.List;

/**
 * What is to be said of one rule, or of Sluice's own state. Immutable.
 *
 * @param subject the rule, or the state
 * @param guarantee what holds when there is no finding that weakens it
 * @param findings what was found
 */
public record Verdict(String subject, String guarantee, List<Finding> findings) {

    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Whether the guarantee is weaker than promised. */
    public boolean isWeaker() {
        return findings.stream().anyMatch(finding -> finding.weight() == Finding.Weight.WEAKER);
    }

    /** The verdict in one sentence. */
    public String sentence() {
        return subject + ": " + (isWeaker() ? "weaker than promised" : guarantee);
    }

    /** What was found, a line each. */
    public List<String> details() {
        return findings.stream().map(Finding::line).toList();
    }
}
