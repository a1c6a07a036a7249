package io.sluice.app.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code docs/reference/conformance.md}: every normative statement, and what holds it. */
final class ConformancePage {

    static final String BY_CONSTRUCTION = "by construction";
    static final String NOT_TESTABLE = "not testable";
    private static final String TESTED = "tested by";

    /**
     * Why a statement has no test.
     *
     * @param kind {@link #BY_CONSTRUCTION}, {@link #NOT_TESTABLE}, or {@code pending: } and what it waits for
     */
    record Reason(String kind, String why) {}

    private final Map<Statement, String> statements;
    private final Map<Statement, Reason> reasons;
    private final Proofs proofs;

    ConformancePage(Map<Statement, String> statements, Map<Statement, Reason> reasons, Proofs proofs) {
        this.statements = statements;
        this.reasons = reasons;
        this.proofs = proofs;
    }

    /** What is wrong with the tables: nothing, when every statement is accounted for exactly once. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Statement statement : statements.keySet()) {
            boolean tested = !proofs.of(statement).isEmpty();
            if (!tested && !reasons.containsKey(statement)) {
                problems.add(statement + ": no test names it in @Conforms, and reasons.tsv does not say why not");
            } else if (tested && reasons.containsKey(statement)) {
                problems.add(statement + ": tested by " + proofs.of(statement) + ", and still in reasons.tsv");
            }
        }
        for (Statement statement : proofs.statements()) {
            if (!statements.containsKey(statement)) {
                problems.add(statement + ": there is no such statement, but " + proofs.of(statement) + " names it");
            }
        }
        for (Map.Entry<Statement, Reason> entry : reasons.entrySet()) {
            if (!statements.containsKey(entry.getKey())) {
                problems.add(entry.getKey() + ": there is no such statement, but reasons.tsv has it");
            }
            String kind = entry.getValue().kind();
            if (!kind.equals(BY_CONSTRUCTION) && !kind.equals(NOT_TESTABLE) && !kind.startsWith("pending: ")) {
                problems.add(entry.getKey() + ": kind \"" + kind + "\" (expected: " + BY_CONSTRUCTION + ", "
                        + NOT_TESTABLE + " or pending: ...)");
            }
        }
        return problems;
    }

    private String kind(Statement statement) {
        Reason reason = reasons.get(statement);
        return reason == null ? TESTED : reason.kind();
    }

    String markdown() {
        StringBuilder page = new StringBuilder();
        page.append(counts()).append("\n\n");
        page.append("# Conformance\n\n");
        page.append("Every normative statement of MQTT 5.0 and 3.1.1 that concerns a server, in our words, and what"
                + " holds it. For MQTT 3.1, which numbers nothing, the points in which it differs have numbers of our"
                + " own.\n\n"
                + "The tests whose names end in `SpecTest` send raw bytes to a running server, over TCP and WebSocket,"
                + " whole and byte by byte; the others are tests of a part, or of a whole Sluice with Kafka. This page is"
                + " generated from their `@Conforms`: a statement without a test or a reason fails the build.\n\n");
        String version = "";
        for (Map.Entry<Statement, String> entry : statements.entrySet()) {
            Statement statement = entry.getKey();
            if (!statement.version().equals(version)) {
                version = statement.version();
                page.append("## MQTT ").append(version).append("\n\n");
                page.append("| statement | in our words | | by |\n|---|---|---|---|\n");
            }
            page.append("| ").append(statement.label());
            page.append(" | ").append(entry.getValue());
            page.append(" | ").append(kind(statement));
            page.append(" | ").append(holds(statement)).append(" |\n");
            if (isLastOf(statement)) {
                page.append('\n');
            }
        }
        return page.toString().stripTrailing() + "\n";
    }

    private boolean isLastOf(Statement statement) {
        Statement last = statement;
        for (Statement other : statements.keySet()) {
            last = other.version().equals(statement.version()) ? other : last;
        }
        return last.equals(statement);
    }

    private String holds(Statement statement) {
        Reason reason = reasons.get(statement);
        if (reason != null) {
            return reason.why();
        }
        List<String> tests = new ArrayList<>();
        proofs.of(statement).forEach(test -> tests.add("`" + test + "`"));
        return String.join("<br>", tests);
    }

    /** How many of each kind, in one line. */
    private String counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(TESTED, 0);
        counts.put(BY_CONSTRUCTION, 0);
        counts.put(NOT_TESTABLE, 0);
        statements.keySet().forEach(statement -> counts.merge(kind(statement), 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counts.forEach((kind, count) -> parts.add(count + " " + (kind.equals(TESTED) ? "tested" : kind)));
        return statements.size() + " statements: " + String.join(", ", parts) + ".";
    }
}
