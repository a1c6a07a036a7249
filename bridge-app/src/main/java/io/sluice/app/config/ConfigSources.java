package io.sluice.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a configuration comes from; each source goes over those before it.
 *
 * @param files names of YAML files, in order
 * @param environment variables; those that begin with SLUICE_ are settings
 * @param settings of the command line, path to value
 * @param strict whether an unknown SLUICE_ variable is an error instead of a warning
 * @param heapBytes the most memory that the heap may take
 */
public record ConfigSources(
        List<String> files,
        Map<String, String> environment,
        Map<String, String> settings,
        boolean strict,
        long heapBytes) {

    public ConfigSources {
        files = List.copyOf(files);
        environment = Map.copyOf(environment);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
