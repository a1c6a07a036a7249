package io.sluice.app;

import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.SluiceConfig;

/** What {@code sluice run} does with a configuration that is right. */
@FunctionalInterface
public interface Runner {

    /**
     * Runs until the process is told to stop. On the main thread.
     *
     * @param sources where the configuration comes from: it is read again when it changes
     * @return the process's exit code
     */
    int run(SluiceConfig config, ConfigSources sources);
}
