package io.sluice.kafka.format;

import io.sluice.schemas.convert.ConvertLimits;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formats of all rules that have one; most have none, and cost nothing. Immutable; safe for all threads. */
public final class RuleFormats {

    /** Payloads as they are, of all rules. */
    public static final RuleFormats NONE = new RuleFormats(Map.of(), Map.of());

    private final Map<String, IngressFormat> ingress;
    private final Map<String, EgressFormat> egress;

    private RuleFormats(Map<String, IngressFormat> ingress, Map<String, EgressFormat> egress) {
        this.ingress = Map.copyOf(ingress);
        this.egress = Map.copyOf(egress);
    }

    /**
     * A rule from MQTT to Kafka that has a format.
     *
     * @param filter of the rule
     * @param isSubscribed whether subscribers may read what it writes
     */
    public record Rule(String filter, FormatSettings settings, boolean isSubscribed) {

        /** A rule that subscribers may read. */
        public Rule(String filter, FormatSettings settings) {
            this(filter, settings, true);
        }
    }

    /**
     * The formats.
     *
     * @param ingress by the names of their rules
     * @param egress by the names of their rules
     * @throws IllegalArgumentException when a template of a field cannot be used
     */
    public static RuleFormats of(
            Map<String, Rule> ingress,
            Map<String, EgressFormat.Type> egress,
            SchemaSource schemas,
            ConvertLimits limits) {
        return of(ingress, egress, schemas, SparkplugBirths.unmetered(), limits);
    }

    /**
     * The formats.
     *
     * @param ingress by the names of their rules
     * @param egress by the names of their rules
     * @param births what has been said of Sparkplug's metrics, on whichever rule
     * @throws IllegalArgumentException when a template of a field cannot be used
     */
    public static RuleFormats of(
            Map<String, Rule> ingress,
            Map<String, EgressFormat.Type> egress,
            SchemaSource schemas,
            SparkplugBirths births,
            ConvertLimits limits) {
        OwnRecords own = new OwnRecords(new Envelopes(schemas, limits), new SparkplugRecords(schemas, births, limits));
        Map<String, IngressFormat> in = new HashMap<>();
        Map<String, EgressFormat> out = new HashMap<>();
        ingress.forEach((name, rule) -> {
            if (rule.settings().type() != FormatSettings.Type.RAW) {
                in.put(name, new IngressFormat(rule, schemas, own, limits));
                EgressFormat.Type back = backwards(rule.settings());
                if (back != EgressFormat.Type.RAW) {
                    out.put(name, new EgressFormat(back, schemas, own));
                }
            }
        });
        egress.forEach((name, type) -> {
            if (type != EgressFormat.Type.RAW) {
                out.put(name, new EgressFormat(type, schemas, own));
            }
        });
        return new RuleFormats(in, out);
    }

    /** Subscribers of a rule from MQTT get what was published. */
    private static EgressFormat.Type backwards(FormatSettings settings) {
        return switch (settings.type()) {
            case JSON_TO_AVRO -> EgressFormat.Type.AVRO_TO_JSON;
            case ENVELOPE -> EgressFormat.Type.ENVELOPE;
            case AVRO -> settings.framed() ? EgressFormat.Type.RAW : EgressFormat.Type.AVRO;
            case SPARKPLUG -> EgressFormat.Type.SPARKPLUG;
            case BY_CONTENT_TYPE -> EgressFormat.Type.BY_CONTENT_TYPE;
            case RAW, JSON, CLOUDEVENTS -> EgressFormat.Type.RAW;
        };
    }

    /** The format of a rule from MQTT, or null for payloads as they are. */
    public @Nullable IngressFormat ingress(String ruleName) {
        return ingress.get(ruleName);
    }

    /** The format of what subscribers get by a rule, or null for values as they are. */
    public @Nullable EgressFormat egress(String ruleName) {
        return egress.get(ruleName);
    }

    /** Whether no rule from Kafka has a format. */
    public boolean isEgressRaw() {
        return egress.isEmpty();
    }
}
