package io.sluice.kafka.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * The verdicts, one for each rule and one for Sluice's own state. Immutable.
 *
 * @param verdicts in the order of the configuration
 */
public record AuditReport(List<Verdict> verdicts) {

    public AuditReport {
        verdicts = List.copyOf(verdicts);
    }

    /** Whether any guarantee is weaker than promised. */
    public boolean isWeaker() {
        return verdicts.stream().anyMatch(Verdict::isWeaker);
    }

    /** The report for people, a line each, what was found below whom it concerns. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            lines.add(verdict.sentence());
            verdict.details().forEach(detail -> lines.add("  " + detail));
        }
        return lines;
    }
}
