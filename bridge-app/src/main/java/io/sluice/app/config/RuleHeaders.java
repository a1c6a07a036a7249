package io.sluice.app.config;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code headers} of an ingress rule: written as a mode, or as a map of further headers.
 *
 * @param mode which of the mqtt.* headers
 * @param extra name to template
 */
public record RuleHeaders(HeaderMode mode, Map<String, String> extra) {

    public RuleHeaders {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
    }
}
