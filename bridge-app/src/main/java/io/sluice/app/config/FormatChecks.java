package io.sluice.app.config;

import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.format.SchemaFolder;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether the formats of the rules can work: schemas, dead letters, templates. Used once. */
final class FormatChecks {

    private static final Pattern KAFKA_TOPIC = Pattern.compile("(?!__|\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    private final SluiceConfig config;
    private final Binder binder;
    private final Problems problems;

    FormatChecks(SluiceConfig config, Binder binder, Problems problems) {
        this.config = config;
        this.binder = binder;
        this.problems = problems;
    }

    void run() {
        boolean isRegistryRead = binder.isRead("schema-registry");
        if (isRegistryRead) {
            checkFolder();
        }
        for (int i = 0; i < config.ingress().size(); i++) {
            IngressConfig rule = config.ingress().get(i);
            String path = "ingress[" + i + "]";
            FormatConfig format = rule.format();
            checkDeadLetter(path, rule, format);
            if (format == null) {
                continue;
            }
            if (isRegistryRead
                    && format.needsSchemas()
                    && !config.schemaRegistry().isPresent()) {
                error(path + ".format", "needs schemas (expected: schema-registry.url or schema-registry.folder)");
            }
            checkFields(path, rule, format);
        }
        for (int i = 0; i < config.egress().size(); i++) {
            EgressConfig.PayloadConfig payload = config.egress().get(i).payload();
            if (isRegistryRead
                    && payload != null
                    && payload.needsSchemas()
                    && !config.schemaRegistry().isPresent()) {
                error(
                        "egress[" + i + "].payload",
                        "needs schemas (expected: schema-registry.url or schema-registry.folder)");
            }
        }
    }

    private void checkFolder() {
        Path folder = config.schemaRegistry().folder();
        if (folder == null) {
            return;
        }
        try {
            var unused = SchemaFolder.read(folder, ConvertLimits.DEFAULTS);
        } catch (IOException e) {
            error("schema-registry.folder", folder + ": cannot be used: " + FileFailures.reason(e));
        }
    }

    private void checkDeadLetter(String path, IngressConfig rule, @Nullable FormatConfig format) {
        String topic = rule.deadLetter();
        if (topic == null) {
            if (format != null && format.onError() == FormatSettings.OnError.DEAD_LETTER) {
                error(path + ".format.on-error", "dead-letter without a topic (expected: the rule's dead-letter)");
            }
            return;
        }
        if (format == null || format.onError() == FormatSettings.OnError.REFUSE) {
            warning(path + ".dead-letter", "never written to, because no payload of this rule goes there");
        }
        if (!KAFKA_TOPIC.matcher(topic).matches()
                || topic.startsWith(config.kafka().internalTopics().prefix())) {
            error(path + ".dead-letter", "\"" + topic + "\" (expected: a Kafka topic of its own)");
        } else if (topic.equals(rule.topic())) {
            error(path + ".dead-letter", "\"" + topic + "\" is the rule's own topic (expected: another)");
        }
    }

    private void checkFields(String path, IngressConfig rule, FormatConfig format) {
        try {
            FormatSettings settings =
                    format.onError() == FormatSettings.OnError.DEAD_LETTER && rule.deadLetter() == null
                            ? FormatSettings.of(format.type(), format.subject())
                            : format.toSettings(rule.deadLetter());
            var unused = RuleFormats.of(
                    Map.of(rule.name(), new RuleFormats.Rule(rule.filter(), settings)),
                    Map.of(),
                    SchemaSource.NONE,
                    ConvertLimits.DEFAULTS);
        } catch (IllegalArgumentException e) {
            error(path + ".format.fields", String.valueOf(e.getMessage()));
        }
    }

    private void error(String path, String message) {
        problems.error(binder.place(path), path, message);
    }

    private void warning(String path, String message) {
        problems.warning(binder.place(path), path, message);
    }
}
