package io.sluice.app.runtime;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.config.IngressConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.kafka.format.SubjectCheck;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks the schema registry, or the folder, for what the rules need; registers nothing. Blocks. */
public final class SchemaCheck {

    /**
     * What came of it.
     *
     * @param lines for people
     * @param isWell whether each rule has its schema
     */
    public record Result(List<String> lines, boolean isWell) {}

    private SchemaCheck() {}

    /** Asks as a run would, but each question once. */
    public static Result of(SluiceConfig config) {
        List<String> lines = new ArrayList<>();
        boolean isWell = true;
        try (SchemaSource schemas = Schemas.source(config, new SimpleMeterRegistry())) {
            SubjectCheck check = new SubjectCheck(schemas, ConvertLimits.DEFAULTS);
            Map<String, RuleFormats.Rule> formats = config.ingressFormats();
            for (int i = 0; i < config.ingress().size(); i++) {
                IngressConfig rule = config.ingress().get(i);
                RuleFormats.Rule format = formats.get(rule.name());
                if (format == null) {
                    continue;
                }
                String begin = "ingress[" + i + "] \"" + rule.name() + "\": ";
                var finding = check.of(format.settings(), rule.topic());
                finding.ifPresent(found -> lines.add(begin + found.words()));
                isWell &= finding.isEmpty() || finding.get().isWell();
            }
        } catch (IOException e) {
            String where = String.valueOf(
                    config.schemaRegistry().url() == null
                            ? config.schemaRegistry().folder()
                            : config.schemaRegistry().url());
            lines.add("schema-registry: " + where + " cannot be asked: " + e.getMessage());
            return new Result(List.copyOf(lines), false);
        }
        if (lines.isEmpty()) {
            lines.add("schema-registry: no rule needs a schema");
        }
        return new Result(List.copyOf(lines), isWell);
    }
}
