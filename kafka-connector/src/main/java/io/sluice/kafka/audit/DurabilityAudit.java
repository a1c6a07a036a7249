package io.sluice.kafka.audit;

import io.sluice.kafka.audit.Finding.Weight;
import io.sluice.kafka.audit.TopicFacts.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Judges what the guarantee really is, from what Kafka says of itself. Pure: the same facts, the same verdicts.
 *
 * <p>The promise: what is acknowledged is on two brokers at least, and stays for as long as a session may be away.
 */
final class DurabilityAudit {

    private static final int TRANSACTION_VERSION = 2;
    private static final String MIN_INSYNC = "min.insync.replicas";

    private final AuditFacts facts;
    private final AuditSettings settings;

    private DurabilityAudit(AuditFacts facts, AuditSettings settings) {
        this.facts = facts;
        this.settings = settings;
    }

    static AuditReport of(AuditFacts facts, AuditSettings settings) {
        return new DurabilityAudit(facts, settings).report();
    }

    /** What was found so far of one subject, the topics gathered by what is to be said of them. */
    private static final class Findings {
        private final Map<String, List<String>> topics = new LinkedHashMap<>();
        private final Map<String, Weight> weights = new LinkedHashMap<>();

        void add(Weight weight, TopicFacts topic, String text) {
            add(weight, text);
            topics.computeIfAbsent(text, ignored -> new ArrayList<>()).add(name(topic));
        }

        void add(Weight weight, String text) {
            weights.putIfAbsent(text, weight);
        }

        List<Finding> list() {
            List<Finding> list = new ArrayList<>();
            weights.forEach(
                    (text, weight) -> list.add(new Finding(weight, text, topics.getOrDefault(text, List.of()))));
            return list;
        }

        private static String name(TopicFacts topic) {
            return topic.state() == State.TO_BE_CREATED ? topic.name() + " (to be created)" : topic.name();
        }
    }

    private AuditReport report() {
        List<Verdict> verdicts = new ArrayList<>();
        for (RuleFacts rule : facts.rules()) {
            verdicts.add(rule.kind() == RuleFacts.Kind.INGRESS ? ingress(rule) : egress(rule));
        }
        if (!facts.stateTopics().isEmpty()) {
            verdicts.add(state());
        }
        return new AuditReport(verdicts);
    }

    private Verdict ingress(RuleFacts rule) {
        Findings found = new Findings();
        for (TopicFacts topic : rule.topics()) {
            if (isUsable(topic, Weight.WEAKER, found)) {
                copies(topic, Weight.WEAKER, found);
                keeping(topic, Weight.WEAKER, found);
            }
        }
        if (rule.takesQos2()) {
            transactions(found);
        }
        return new Verdict("ingress \"" + rule.name() + "\"", guarantee(rule.topics()), found.list());
    }

    /** Other programs' topics are theirs to configure; what Sluice cannot read it cannot deliver. */
    private Verdict egress(RuleFacts rule) {
        Findings found = new Findings();
        for (TopicFacts topic : rule.topics()) {
            if (isUsable(topic, Weight.NOTE, found)) {
                copies(topic, Weight.NOTE, found);
                keeping(topic, Weight.NOTE, found);
            }
        }
        return new Verdict(
                "egress \"" + rule.name() + "\"",
                rule.topics().isEmpty() ? "no such topic yet" : guarantee(rule.topics()),
                found.list());
    }

    private Verdict state() {
        Findings found = new Findings();
        int dataCopies = 0;
        long dataInSync = 0;
        boolean dataIsClean = true;
        for (RuleFacts rule : facts.rules()) {
            if (rule.kind() == RuleFacts.Kind.INGRESS) {
                for (TopicFacts topic : rule.topics()) {
                    dataCopies = Math.max(dataCopies, topic.replicationFactor());
                    dataInSync = Math.max(dataInSync, topic.number(MIN_INSYNC).orElse(0));
                    dataIsClean &= !topic.isTrue("unclean.leader.election.enable");
                }
            }
        }
        for (TopicFacts topic : facts.stateTopics()) {
            if (!isUsable(topic, Weight.WEAKER, found)) {
                continue;
            }
            copies(topic, Weight.WEAKER, found);
            if (topic.isConfigKnown() && (topic.isCleanedBy("delete") || !topic.isCleanedBy("compact"))) {
                found.add(
                        Weight.WEAKER,
                        topic,
                        "cleanup.policy " + topic.text("cleanup.policy").orElse("none")
                                + " (expected: compact): sessions and retained messages vanish with time");
            }
            if (topic.replicationFactor() > 0 && topic.replicationFactor() < dataCopies) {
                found.add(
                        Weight.WEAKER, topic, weakerState("replication factor", topic.replicationFactor(), dataCopies));
            }
            OptionalLong inSync = topic.number(MIN_INSYNC);
            if (inSync.isPresent() && inSync.getAsLong() < dataInSync) {
                found.add(Weight.WEAKER, topic, weakerState(MIN_INSYNC, inSync.getAsLong(), dataInSync));
            }
            if (dataIsClean && topic.isTrue("unclean.leader.election.enable") && dataCopies > 1) {
                found.add(
                        Weight.WEAKER,
                        topic,
                        "unclean leader election, which no data topic has: "
                                + "the state would be older than the messages");
            }
        }
        transactions(found);
        return new Verdict("state", guarantee(facts.stateTopics()), found.list());
    }

    private static String weakerState(String key, long state, long data) {
        return key + " " + state + ", of a data topic " + data + " (expected: not less than the data's): a session is "
                + "lost before the messages it stands for are";
    }

    /** Whether there is more to be said of the topic than that it is not there, or not ours to use. */
    private static boolean isUsable(TopicFacts topic, Weight weight, Findings found) {
        if (topic.state() == State.MISSING) {
            found.add(weight, topic, "does not exist, and the rule creates none");
            return false;
        }
        if (!topic.missingRights().isEmpty()) {
            found.add(
                    Weight.WEAKER,
                    topic,
                    "Kafka's ACLs do not allow "
                            + String.join(
                                    ", ",
                                    topic.missingRights().stream().sorted().toList())
                            + ": messages are refused or stay away");
        }
        if (!topic.isConfigKnown()) {
            found.add(
                    weight,
                    topic,
                    "configuration not readable (expected: the ACL DescribeConfigs): nobody knows what holds");
        }
        return true;
    }

    private void copies(TopicFacts topic, Weight weight, Findings found) {
        OptionalLong inSync = topic.number(MIN_INSYNC);
        int copies = topic.replicationFactor();
        if (inSync.isPresent() && copies > 0 && inSync.getAsLong() > copies) {
            found.add(
                    weight,
                    topic,
                    MIN_INSYNC + " " + inSync.getAsLong() + " of " + copies
                            + " replicas (expected: not more than there are): Kafka takes no message");
        }
        if (topic.isTrue("unclean.leader.election.enable")) {
            found.add(
                    weight,
                    topic,
                    "unclean.leader.election.enable true (expected: false): a broker that was behind may lead, and what "
                            + "was acknowledged vanishes");
        }
        if (settings.isOneNode()) {
            return;
        }
        if (copies == 1) {
            found.add(
                    weight,
                    topic,
                    "replication factor 1 (expected: 3): what was acknowledged is lost with one broker's disk");
        } else if (inSync.isPresent() && inSync.getAsLong() < 2) {
            found.add(
                    weight,
                    topic,
                    MIN_INSYNC + " " + inSync.getAsLong()
                            + " (expected: 2): acknowledged may mean on one broker alone, and is lost with it");
        }
    }

    private void keeping(TopicFacts topic, Weight weight, Findings found) {
        if (topic.isCleanedBy("compact")) {
            found.add(
                    weight,
                    topic,
                    "cleanup.policy " + topic.text("cleanup.policy").orElse("")
                            + " (expected: delete): of messages with one key who was away gets the last alone");
        }
        if (!topic.isCleanedBy("delete")) {
            return;
        }
        long kept = topic.number("retention.ms").orElse(-1);
        if (kept >= 0 && kept < settings.maxExpiry().toMillis()) {
            found.add(
                    weight,
                    topic,
                    "retention.ms " + kept + ", " + words(Duration.ofMillis(kept)) + " (expected: at least "
                            + "sessions.max-expiry, " + words(settings.maxExpiry())
                            + "): who is away for longer loses messages");
        }
        long bytes = topic.number("retention.bytes").orElse(-1);
        if (bytes >= 0) {
            found.add(
                    Weight.NOTE,
                    topic,
                    "retention.bytes " + bytes + ": a busy topic may keep messages for less than sessions.max-expiry");
        }
    }

    private void transactions(Findings found) {
        int version = facts.transactionVersion();
        if (version < TRANSACTION_VERSION) {
            found.add(
                    Weight.WEAKER,
                    "transaction.version " + (version < 0 ? "unknown" : version)
                            + " (expected: 2, Kafka's finalized feature): QoS 2 may come twice or not at all after a "
                            + "failure");
        }
    }

    private String guarantee(List<TopicFacts> topics) {
        if (settings.isOneNode()) {
            return "what is acknowledged survives a crash, not the loss of the disk or of power";
        }
        int copies = Integer.MAX_VALUE;
        long inSync = Long.MAX_VALUE;
        for (TopicFacts topic : topics) {
            if (topic.replicationFactor() > 0) {
                copies = Math.min(copies, topic.replicationFactor());
            }
            inSync = Math.min(inSync, topic.number(MIN_INSYNC).orElse(1));
        }
        if (copies == Integer.MAX_VALUE) {
            return "no topic yet";
        }
        return "what is acknowledged is on at least " + Math.min(inSync, copies) + " of " + copies + " brokers";
    }

    private static String words(Duration duration) {
        if (duration.toDays() > 0 && duration.toHours() % 24 == 0) {
            return duration.toDays() + " d";
        }
        if (duration.toHours() > 0 && duration.toMinutes() % 60 == 0) {
            return duration.toHours() + " h";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
