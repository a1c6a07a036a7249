package io.sluice.kafka.audit;

import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.IngressRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What Kafka has to allow Sluice for its rules: as little as works. Sluice has no consumer groups, and its idempotent
 * producers need no right of their own where they may write.
 */
public final class NeededRights {

    /**
     * A right.
     *
     * @param resource of what; {@code *} for all names
     * @param operations what may be done, in Kafka's order
     */
    public record Right(ResourcePattern resource, Set<AclOperation> operations) {

        public Right {
            operations = Set.copyOf(operations);
        }

        /** In Kafka's order. */
        public List<AclOperation> ordered() {
            return operations.stream().sorted().toList();
        }
    }

    private static final Set<AclOperation> LOOK = EnumSet.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);

    private final Map<ResourcePattern, Set<AclOperation>> rights = new LinkedHashMap<>();

    private NeededRights() {}

    /**
     * The rights for these rules, those for state last; each resource once.
     *
     * @param ingress with {@code creation} as it is in force
     * @param statePrefix the prefix of the state topics and of the transactional ids
     */
    public static List<Right> of(List<IngressRule> ingress, List<EgressRule> egress, String statePrefix) {
        return of(ingress, egress, List.of(), statePrefix);
    }

    /**
     * The same with topics for dead letters.
     *
     * @param deadLetterTopics which may be created
     */
    public static List<Right> of(
            List<IngressRule> ingress, List<EgressRule> egress, List<String> deadLetterTopics, String statePrefix) {
        NeededRights needed = new NeededRights();
        for (String topic : deadLetterTopics) {
            Set<AclOperation> operations = EnumSet.copyOf(LOOK);
            operations.add(AclOperation.WRITE);
            operations.add(AclOperation.CREATE);
            needed.add(topics(topic), operations);
        }
        for (IngressRule rule : ingress) {
            Set<AclOperation> operations = EnumSet.copyOf(LOOK);
            operations.add(AclOperation.WRITE);
            if (rule.subscribe()) {
                operations.add(AclOperation.READ);
            }
            if (rule.creation().enabled()) {
                operations.add(AclOperation.CREATE);
            }
            needed.add(topics(rule.topic()), operations);
        }
        for (EgressRule rule : egress) {
            Set<AclOperation> operations = EnumSet.copyOf(LOOK);
            operations.add(AclOperation.READ);
            needed.add(topics(rule.topic()), operations);
        }
        Set<AclOperation> state = EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE);
        state.addAll(LOOK);
        needed.add(new ResourcePattern(ResourceType.TOPIC, statePrefix + ".", PatternType.PREFIXED), state);
        needed.add(
                new ResourcePattern(ResourceType.TRANSACTIONAL_ID, statePrefix + "-", PatternType.PREFIXED),
                EnumSet.of(AclOperation.WRITE, AclOperation.DESCRIBE));
        needed.add(
                new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL),
                EnumSet.of(AclOperation.DESCRIBE_CONFIGS));
        List<Right> found = new ArrayList<>();
        needed.rights.forEach((resource, operations) -> found.add(new Right(resource, operations)));
        return List.copyOf(found);
    }

    /** The topics that a template can name: up to its first capture. */
    private static ResourcePattern topics(String template) {
        int capture = template.indexOf('{');
        if (capture == 0) {
            return new ResourcePattern(ResourceType.TOPIC, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL);
        }
        return capture < 0
                ? new ResourcePattern(ResourceType.TOPIC, template, PatternType.LITERAL)
                : new ResourcePattern(ResourceType.TOPIC, template.substring(0, capture), PatternType.PREFIXED);
    }

    private void add(ResourcePattern resource, Set<AclOperation> operations) {
        rights.computeIfAbsent(resource, ignored -> EnumSet.noneOf(AclOperation.class))
                .addAll(operations);
    }
}
