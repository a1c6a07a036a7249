package io.sluice.kafka.audit;

import io.sluice.kafka.audit.TopicFacts.State;
import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.topic.KafkaFailure;
import io.sluice.mqtt.message.Qos;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks Kafka for the facts. Safe for all threads; nothing here blocks, answers come on the admin client's thread. */
final class FactsReader {

    private static final String TRANSACTION_VERSION = "transaction.version";
    /** Of Kafka's topic configuration: how the broker names its default. */
    private static final Map<String, String> BROKER_NAMES = Map.of(
            "min.insync.replicas", "min.insync.replicas",
            "unclean.leader.election.enable", "unclean.leader.election.enable",
            "cleanup.policy", "log.cleanup.policy",
            "retention.bytes", "log.retention.bytes");

    private static final List<Unit> RETENTIONS = List.of(
            new Unit("log.retention.ms", 1),
            new Unit("log.retention.minutes", 60_000),
            new Unit("log.retention.hours", 3_600_000));

    private final Admin admin;
    private final AuditSettings settings;
    private final RuleSet rules;

    private record Unit(String key, long millis) {}

    /** What Kafka has answered. */
    private record Answers(
            Map<String, TopicDescription> topics,
            Map<String, Map<String, String>> configs,
            Map<String, String> broker,
            int transactionVersion) {}

    FactsReader(Admin admin, AuditSettings settings, RuleSet rules) {
        this.admin = admin;
        this.settings = settings;
        this.rules = rules;
    }

    /** The facts of all topics that there are, and of those that the rules will create. */
    CompletionStage<AuditFacts> readAll() {
        return admin.listTopics().names().toCompletionStage().thenCompose(names -> read(names, true));
    }

    /** The facts of these topics alone, as far as rules or the state are concerned. */
    CompletionStage<AuditFacts> read(Collection<String> names) {
        return read(names, false);
    }

    private CompletionStage<AuditFacts> read(Collection<String> names, boolean withPlanned) {
        Set<String> concerned = new TreeSet<>();
        for (String name : names) {
            if (stateTopics().contains(name)
                    || !rules.writersOf(name).isEmpty()
                    || !rules.exposersOf(name).isEmpty()) {
                concerned.add(name);
            }
        }
        CompletableFuture<Map<String, TopicDescription>> topics = describe(concerned);
        CompletableFuture<Map<String, Map<String, String>>> configs =
                topics.thenCompose(found -> configs(found.keySet()));
        CompletableFuture<Map<String, String>> broker = broker();
        CompletableFuture<Integer> version = transactionVersion();
        return CompletableFuture.allOf(topics, configs, broker, version)
                .thenApply(all -> facts(
                        new Answers(
                                topics.getNow(Map.of()),
                                configs.getNow(Map.of()),
                                broker.getNow(Map.of()),
                                version.getNow(-1)),
                        withPlanned));
    }

    private List<String> stateTopics() {
        return List.of(settings.statePrefix() + ".sessions", settings.statePrefix() + ".retained");
    }

    // ---- asking ---------------------------------------------------------------------------------------------------

    /** A topic that is deleted meanwhile is left out. */
    private CompletableFuture<Map<String, TopicDescription>> describe(Set<String> names) {
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(
                        names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        return gather(asked, Function.identity());
    }

    private CompletableFuture<Map<String, Map<String, String>>> configs(Set<String> names) {
        Map<String, KafkaFuture<Config>> asked = new HashMap<>();
        admin.describeConfigs(names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values()
                .forEach((resource, config) -> asked.put(resource.name(), config));
        return gather(asked, FactsReader::values);
    }

    private CompletableFuture<Map<String, String>> broker() {
        return admin.describeCluster(new DescribeClusterOptions())
                .nodes()
                .toCompletionStage()
                .thenCompose(nodes -> nodes.stream()
                        .findAny()
                        .map(node -> configOf(Integer.toString(node.id())))
                        .orElseGet(() -> CompletableFuture.completedFuture(Map.of())))
                .toCompletableFuture();
    }

    private CompletableFuture<Map<String, String>> configOf(String broker) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
        KafkaFuture<Config> asked =
                admin.describeConfigs(List.of(resource)).values().get(resource);
        return asked == null
                ? CompletableFuture.completedFuture(Map.of())
                : optional(asked)
                        .thenApply(found -> found.map(FactsReader::values).orElse(Map.of()));
    }

    private CompletableFuture<Integer> transactionVersion() {
        return optional(admin.describeFeatures().featureMetadata()).thenApply(found -> found.map(features -> {
                    FinalizedVersionRange range = features.finalizedFeatures().get(TRANSACTION_VERSION);
                    return range == null ? 0 : (int) range.maxVersionLevel();
                })
                .orElse(-1));
    }

    private static Map<String, String> values(Config config) {
        Map<String, String> values = new HashMap<>();
        config.entries().forEach(entry -> {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        });
        return values;
    }

    private static <A, B> CompletableFuture<Map<String, B>> gather(
            Map<String, KafkaFuture<A>> asked, Function<A, B> result) {
        Map<String, CompletableFuture<Optional<A>>> each = new HashMap<>();
        asked.forEach((name, future) -> each.put(name, optional(future)));
        return CompletableFuture.allOf(each.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<String, B> found = new HashMap<>();
                    each.forEach((name, one) ->
                            one.getNow(Optional.empty()).ifPresent(value -> found.put(name, result.apply(value))));
                    return found;
                });
    }

    /** An answer that says no is one; only where Kafka is away there is none. */
    private static <A> CompletableFuture<Optional<A>> optional(KafkaFuture<A> asked) {
        return asked.toCompletionStage()
                .thenApply(Optional::ofNullable)
                .exceptionally(failure -> {
                    Throwable cause = KafkaFailure.cause(failure);
                    boolean isAnswer = cause instanceof UnknownTopicOrPartitionException
                            || (cause instanceof ApiException && !(cause instanceof RetriableException));
                    if (isAnswer) {
                        return Optional.empty();
                    }
                    throw KafkaFailure.rethrown(failure);
                })
                .toCompletableFuture();
    }

    // ---- what the answers say -------------------------------------------------------------------------------------

    private AuditFacts facts(Answers answers, boolean withPlanned) {
        List<RuleFacts> found = new ArrayList<>();
        Map<String, List<TopicFacts>> written = new TreeMap<>();
        Map<String, List<TopicFacts>> exposed = new TreeMap<>();
        for (String name : new TreeSet<>(answers.topics.keySet())) {
            for (IngressRule rule : rules.writersOf(name)) {
                Set<AclOperation> needed =
                        rule.subscribe() ? Set.of(AclOperation.WRITE, AclOperation.READ) : Set.of(AclOperation.WRITE);
                written.computeIfAbsent(rule.name(), ignored -> new ArrayList<>())
                        .add(there(answers, name, needed));
            }
            for (EgressRule rule : rules.exposersOf(name)) {
                exposed.computeIfAbsent(rule.name(), ignored -> new ArrayList<>())
                        .add(there(answers, name, Set.of(AclOperation.READ)));
            }
        }
        for (IngressRule rule : rules.ingressRules()) {
            List<TopicFacts> topics = written.computeIfAbsent(rule.name(), ignored -> new ArrayList<>());
            if (withPlanned) {
                planned(answers, rule.topic(), rule.creation(), !topics.isEmpty())
                        .ifPresent(topics::add);
            }
            found.add(new RuleFacts(rule.name(), RuleFacts.Kind.INGRESS, rule.qosMax() == Qos.EXACTLY_ONCE, topics));
        }
        for (EgressRule rule : rules.egressRules()) {
            List<TopicFacts> topics = exposed.computeIfAbsent(rule.name(), ignored -> new ArrayList<>());
            if (withPlanned && topics.isEmpty() && !isTemplate(rule.topic())) {
                topics.add(missing(rule.topic()));
            }
            found.add(new RuleFacts(rule.name(), RuleFacts.Kind.EGRESS, false, topics));
        }
        return new AuditFacts(found, state(answers, withPlanned), answers.transactionVersion);
    }

    private List<TopicFacts> state(Answers answers, boolean withPlanned) {
        List<TopicFacts> state = new ArrayList<>();
        for (String name : stateTopics()) {
            if (answers.topics.containsKey(name)) {
                state.add(there(answers, name, Set.of(AclOperation.READ, AclOperation.WRITE)));
            } else if (withPlanned) {
                state.add(toBeCreated(
                        answers, name, new TopicCreation(true, -1, (short) -1, Map.of("cleanup.policy", "compact"))));
            }
        }
        return state;
    }

    private static TopicFacts there(Answers answers, String name, Set<AclOperation> needed) {
        TopicDescription topic = answers.topics.get(name);
        if (topic == null) {
            return missing(name);
        }
        int copies = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        return new TopicFacts(
                name,
                State.THERE,
                copies,
                answers.configs.getOrDefault(name, Map.of()),
                missingRights(topic.authorizedOperations(), needed));
    }

    private static Set<String> missingRights(@Nullable Set<AclOperation> granted, Set<AclOperation> needed) {
        if (granted == null || granted.contains(AclOperation.ALL)) {
            return Set.of();
        }
        return needed.stream()
                .filter(operation -> !granted.contains(operation))
                .map(operation -> operation == AclOperation.WRITE ? "Write" : "Read")
                .collect(Collectors.toSet());
    }

    /** What the rule will create, if there is anything left for it to create. */
    private static Optional<TopicFacts> planned(
            Answers answers, String template, TopicCreation creation, boolean isThere) {
        if (isThere && !isTemplate(template)) {
            return Optional.empty();
        }
        if (!creation.enabled()) {
            return isThere || isTemplate(template) ? Optional.empty() : Optional.of(missing(template));
        }
        return Optional.of(toBeCreated(answers, template, creation));
    }

    private static boolean isTemplate(String topic) {
        return topic.indexOf('{') >= 0;
    }

    private static TopicFacts missing(String name) {
        return new TopicFacts(name, State.MISSING, 0, Map.of(), Set.of());
    }

    private static TopicFacts toBeCreated(Answers answers, String name, TopicCreation creation) {
        Map<String, String> config = new HashMap<>();
        BROKER_NAMES.forEach((key, brokerKey) -> {
            String value = answers.broker.get(brokerKey);
            if (value != null) {
                config.put(key, value);
            }
        });
        RETENTIONS.stream()
                .filter(unit -> answers.broker.getOrDefault(unit.key, "").matches("-?\\d{1,15}"))
                .findFirst()
                .ifPresent(unit -> {
                    long value = Long.parseLong(answers.broker.getOrDefault(unit.key, "-1"));
                    config.put("retention.ms", Long.toString(value < 0 ? -1 : value * unit.millis));
                });
        config.putAll(creation.config());
        String copies = answers.broker.getOrDefault("default.replication.factor", "0");
        return new TopicFacts(
                name,
                State.TO_BE_CREATED,
                creation.replicationFactor() > 0 ? creation.replicationFactor() : Integer.parseInt(copies),
                config,
                Set.of());
    }
}
