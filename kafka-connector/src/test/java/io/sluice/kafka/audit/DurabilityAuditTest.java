package io.sluice.kafka.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.audit.TopicFacts.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From facts to verdicts. */
final class DurabilityAuditTest {

    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();
    private static final AuditSettings SETTINGS = new AuditSettings(Duration.ofDays(7), "_sluice", false);
    private static final Map<String, String> DATA = Map.of(
            "min.insync.replicas", "2",
            "unclean.leader.election.enable", "false",
            "cleanup.policy", "delete",
            "retention.ms", Long.toString(WEEK_MILLIS),
            "retention.bytes", "-1");
    private static final Map<String, String> STATE = with(DATA, "cleanup.policy", "compact");

    @Test
    void whatIsPromisedIsSaidInOneLineForEachRule() {
        AuditReport report = audit(2, state(3, STATE), ingress(topic("t.a", 3, DATA), topic("t.b", 3, DATA)));

        assertThat(report.isWeaker()).isFalse();
        assertThat(report.lines())
                .containsExactly(
                        "ingress \"telemetry\": what is acknowledged is on at least 2 of 3 brokers",
                        "state: what is acknowledged is on at least 2 of 3 brokers");
    }

    @Test
    void topicsWithTheSameFaultAreOneFinding() {
        AuditReport report = audit(
                2,
                state(3, STATE),
                ingress(
                        topic("t.a", 3, with(DATA, "min.insync.replicas", "1")),
                        topic("t.b", 3, DATA),
                        topic("t.c", 3, with(DATA, "min.insync.replicas", "1"))));

        assertThat(report.lines())
                .startsWith(
                        "ingress \"telemetry\": weaker than promised",
                        "  t.a, t.c: min.insync.replicas 1 (expected: 2): acknowledged may mean on one broker alone, and"
                                + " is lost with it");
        assertThat(report.isWeaker()).isTrue();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(topic("t", 1, with(DATA, "min.insync.replicas", "1")), "replication factor 1"),
                Arguments.of(
                        topic("t", 2, with(DATA, "min.insync.replicas", "3")), "min.insync.replicas 3 of 2 replicas"),
                Arguments.of(topic("t", 3, with(DATA, "min.insync.replicas", "1")), "min.insync.replicas 1 "),
                Arguments.of(
                        topic("t", 3, with(DATA, "unclean.leader.election.enable", "true")),
                        "unclean.leader.election.enable true"),
                Arguments.of(topic("t", 3, with(DATA, "cleanup.policy", "compact")), "cleanup.policy compact"),
                Arguments.of(
                        topic("t", 3, with(DATA, "cleanup.policy", "compact, delete")),
                        "cleanup.policy compact, delete"),
                Arguments.of(
                        topic("t", 3, with(DATA, "retention.ms", Long.toString(WEEK_MILLIS - 1))),
                        "retention.ms " + (WEEK_MILLIS - 1) + ", " + (WEEK_MILLIS - 1) + " ms (expected: at least"
                                + " sessions.max-expiry, 7 d)"),
                Arguments.of(topic("t", 3, Map.of()), "configuration not readable"),
                Arguments.of(
                        new TopicFacts("t", State.THERE, 3, DATA, Set.of("Write", "Read")),
                        "Kafka's ACLs do not allow Read, Write"),
                Arguments.of(
                        new TopicFacts("t", State.MISSING, 0, Map.of(), Set.of()),
                        "does not exist, and the rule creates none"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void eachFaultOfADataTopicIsNamed(TopicFacts topic, String text) {
        AuditReport report = audit(2, List.of(), ingress(topic));

        Verdict verdict = report.verdicts().get(0);
        assertThat(verdict.isWeaker()).isTrue();
        assertThat(verdict.details()).singleElement().asString().startsWith("t: " + text);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void otherProgramsTopicsAreNotOursToRefuse(TopicFacts topic, String text) {
        Verdict verdict = audit(2, List.of(), new RuleFacts("commands", RuleFacts.Kind.EGRESS, false, List.of(topic)))
                .verdicts()
                .get(0);

        assertThat(verdict.details()).singleElement().asString().startsWith("t: " + text);
        // But for what we may not read at all.
        assertThat(verdict.isWeaker()).isEqualTo(text.startsWith("Kafka's ACLs"));
    }

    @Test
    void retentionWithoutEndAndLongerOnesAreWell() {
        assertThat(audit(
                                2,
                                List.of(),
                                ingress(
                                        topic("a", 3, with(DATA, "retention.ms", "-1")),
                                        topic("b", 3, with(DATA, "retention.ms", "99999999999"))))
                        .isWeaker())
                .isFalse();
    }

    @Test
    void retentionBySizeIsANote() {
        Verdict verdict = audit(2, List.of(), ingress(topic("a", 3, with(DATA, "retention.bytes", "1000"))))
                .verdicts()
                .get(0);

        assertThat(verdict.isWeaker()).isFalse();
        assertThat(verdict.details()).singleElement().asString().startsWith("a: retention.bytes 1000");
    }

    @Test
    void withoutTransactionVersion2NeitherQos2NorTheStateIsAsPromised() {
        RuleFacts qos1 = new RuleFacts("qos1", RuleFacts.Kind.INGRESS, false, List.of(topic("t", 3, DATA)));
        AuditReport report = audit(1, state(3, STATE), ingress(topic("t", 3, DATA)), qos1);

        assertThat(report.verdicts().stream().map(Verdict::isWeaker)).containsExactly(true, false, true);
        assertThat(report.lines().get(1)).startsWith("  transaction.version 1 (expected: 2");
        assertThat(audit(-1, List.of(), ingress(topic("t", 3, DATA))).lines().get(1))
                .startsWith("  transaction.version unknown");
    }

    @Test
    void stateThatIsDeletedOrWeakerThanTheDataIsNamed() {
        AuditReport report = audit(
                2,
                List.of(topic("_sluice.sessions", 3, DATA), topic("_sluice.retained", 2, STATE)),
                ingress(topic("t", 3, DATA)));

        assertThat(report.verdicts().get(1).details())
                .containsExactly(
                        "_sluice.sessions: cleanup.policy delete (expected: compact): sessions and retained messages"
                                + " vanish with time",
                        "_sluice.retained: replication factor 2, of a data topic 3 (expected: not less than the data's):"
                                + " a session is lost before the messages it stands for are");
    }

    @Test
    void whatWillBeCreatedIsJudgedAsWell() {
        TopicFacts planned =
                new TopicFacts("t.{tenant}", State.TO_BE_CREATED, 1, with(DATA, "min.insync.replicas", "1"), Set.of());

        assertThat(audit(2, List.of(), ingress(planned)).lines().get(1))
                .startsWith("  t.{tenant} (to be created): replication factor 1");
    }

    @Test
    void ofOneNodeNobodyExpectsASecondCopy() {
        AuditSettings oneNode = new AuditSettings(Duration.ofDays(7), "_sluice", true);
        Map<String, String> alone = with(DATA, "min.insync.replicas", "1");
        AuditFacts well = new AuditFacts(
                List.of(ingress(topic("t", 1, alone))), state(1, with(STATE, "min.insync.replicas", "1")), 2);
        AuditFacts shortly =
                new AuditFacts(List.of(ingress(topic("t", 1, with(alone, "retention.ms", "1000")))), List.of(), 2);

        assertThat(DurabilityAudit.of(well, oneNode).isWeaker()).isFalse();
        assertThat(DurabilityAudit.of(shortly, oneNode).lines().get(1))
                .startsWith("  t: retention.ms 1000, 1 s (expected: at least sessions.max-expiry, 7 d)");
    }

    @Test
    void manyTopicsAreNotAllNamed() {
        TopicFacts[] many = Stream.iterate(0, i -> i + 1)
                .limit(8)
                .map(i -> topic("t" + i, 3, with(DATA, "min.insync.replicas", "1")))
                .toArray(TopicFacts[]::new);

        assertThat(audit(2, List.of(), ingress(many)).lines().get(1)).startsWith("  t0, t1, t2, t3, t4 and 3 more: ");
    }

    private static AuditReport audit(int transactionVersion, List<TopicFacts> state, RuleFacts... rules) {
        return DurabilityAudit.of(new AuditFacts(Arrays.asList(rules), state, transactionVersion), SETTINGS);
    }

    private static RuleFacts ingress(TopicFacts... topics) {
        return new RuleFacts("telemetry", RuleFacts.Kind.INGRESS, true, Arrays.asList(topics));
    }

    private static List<TopicFacts> state(int copies, Map<String, String> config) {
        return List.of(topic("_sluice.sessions", copies, config), topic("_sluice.retained", copies, config));
    }

    private static TopicFacts topic(String name, int copies, Map<String, String> config) {
        return new TopicFacts(name, State.THERE, copies, config, Set.of());
    }

    private static Map<String, String> with(Map<String, String> config, String key, String value) {
        Map<String, String> changed = new HashMap<>(config);
        changed.put(key, value);
        return changed;
    }
}
