package io.sluice.app.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the sources said.
 *
 * @param config the configuration, or null when there are errors
 * @param problems errors and warnings, in the order of their places
 * @param entries every value in force and who said it, those without errors
 */
public record LoadedConfig(@Nullable SluiceConfig config, List<ConfigProblem> problems, List<ConfigEntry> entries) {

    public LoadedConfig {
        problems = List.copyOf(problems);
        entries = List.copyOf(entries);
    }

    /** Whether something can be started with it. */
    public boolean isUsable() {
        return config != null;
    }

    /**
     * The configuration.
     *
     * @throws IllegalStateException when there are errors
     */
    public SluiceConfig usable() {
        if (config == null) {
            throw new IllegalStateException("configuration with errors: " + problems);
        }
        return Objects.requireNonNull(config);
    }
}
