package io.sluice.app.cli;

import io.sluice.app.config.KafkaConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.audit.NeededRights.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Rights in Kafka, as its own tool takes them and as Strimzi does. */
final class KafkaAcls {

    private final List<Right> rights;
    private final SluiceConfig config;

    KafkaAcls(List<Right> rights, SluiceConfig config) {
        this.rights = rights;
        this.config = config;
    }

    /** Lines for a shell: notes, and a command for each resource. */
    List<String> commands(String principal) {
        List<String> lines = notes();
        String servers = config.kafka().isEmbedded()
                ? "KAFKA:9092"
                : String.valueOf(config.kafka().bootstrapServers());
        for (Right right : rights) {
            String operations = right.ordered().stream()
                    .map(operation -> " --operation " + word(operation))
                    .collect(Collectors.joining());
            lines.add("kafka-acls.sh --bootstrap-server " + servers + " --add --allow-principal " + quoted(principal)
                    + operations + " " + option(right.resource()));
        }
        return lines;
    }

    private static String option(ResourcePattern resource) {
        String prefixed = resource.patternType() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "";
        return switch (resource.resourceType()) {
            case TOPIC -> "--topic " + quoted(resource.name()) + prefixed;
            case TRANSACTIONAL_ID -> "--transactional-id " + quoted(resource.name()) + prefixed;
            case CLUSTER -> "--cluster";
            default -> throw new IllegalStateException("no option for " + resource);
        };
    }

    /** For a shell: as it is where nothing in it is special. */
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9._:=,/@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** A KafkaUser, line by line. */
    List<String> kafkaUser(String principal, String cluster) {
        List<String> lines = notes();
        String name = principal.substring(principal.indexOf(':') + 1);
        boolean isName = name.matches("[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?");
        lines.addAll(List.of(
                "apiVersion: kafka.strimzi.io/v1",
                "kind: KafkaUser",
                "metadata:",
                "  name: " + (isName ? name : "sluice"),
                "  labels:",
                "    strimzi.io/cluster: " + yaml(cluster),
                "spec:",
                "  authentication:",
                "    type: " + authentication(),
                "  authorization:",
                "    type: simple",
                "    acls:"));
        for (Right right : rights) {
            lines.add("      - resource: " + resource(right.resource()));
            lines.add("        operations: "
                    + right.ordered().stream().map(KafkaAcls::word).toList());
        }
        return lines;
    }

    private String authentication() {
        Map<String, String> properties = config.kafka().properties().values();
        return properties.getOrDefault("security.protocol", "").startsWith("SASL") ? "scram-sha-512" : "tls";
    }

    private static String resource(ResourcePattern resource) {
        if (resource.resourceType() == ResourceType.CLUSTER) {
            return "{type: cluster}";
        }
        String type = resource.resourceType() == ResourceType.TOPIC ? "topic" : "transactionalId";
        String pattern = resource.patternType() == PatternType.PREFIXED ? "prefix" : "literal";
        return "{type: " + type + ", name: " + yaml(resource.name()) + ", patternType: " + pattern + "}";
    }

    private static String yaml(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** As Kafka's tool and Strimzi spell it: {@code DescribeConfigs}. */
    private static String word(AclOperation operation) {
        StringBuilder word = new StringBuilder();
        for (String part : operation.name().split("_")) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.toString();
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        KafkaConfig kafka = config.kafka();
        if (kafka.isEmbedded()) {
            notes.add("# kafka.bootstrap-servers is not set: the embedded Kafka asks nobody for rights.");
        }
        boolean isWide =
                rights.stream().anyMatch(right -> right.resource().name().equals(ResourcePattern.WILDCARD_RESOURCE));
        if (isWide) {
            notes.add(
                    "# A rule's topic begins with a capture, so it can be any topic: begin it with a text of its own.");
        }
        return notes;
    }
}
