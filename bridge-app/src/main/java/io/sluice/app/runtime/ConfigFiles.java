package io.sluice.app.runtime;

import io.sluice.app.config.ConfigEntry;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.SluiceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The configuration's own files while the server runs: what may change without a restart is put in force, and a change
 * of anything else is refused as a whole. On the reloader's thread.
 */
final class ConfigFiles implements Reloader.Part {

    /** What {@link #change} puts in force. */
    private static final Pattern LIVE = Pattern.compile("(authorization|observability\\.log|ingress|egress"
            + "|limits\\.(connections|connections-per-address|connect-rate|per-client|topic-levels|hold-timeout"
            + "|retained-messages)|listeners\\..+\\.limits)([.\\[].*)?");

    /** Puts in force what may change. */
    interface Change {

        /**
         * Does everything that may fail. Blocks.
         *
         * @return what puts it in force; must not fail
         * @throws IOException when it cannot be used
         */
        Runnable prepare(SluiceConfig next) throws IOException;
    }

    private final ConfigSources sources;
    private final Change change;
    private Map<String, String> running;

    /**
     * @param sources of the configuration that runs
     * @param change puts in force what may change
     */
    ConfigFiles(ConfigSources sources, Change change) {
        this.sources = sources;
        this.change = change;
        this.running = texts(ConfigLoader.load(sources));
    }

    private static Map<String, String> texts(LoadedConfig loaded) {
        return loaded.entries().stream()
                .collect(Collectors.toMap(ConfigEntry::path, ConfigEntry::text, (a, b) -> b, TreeMap::new));
    }

    @Override
    public List<Path> files() {
        return sources.files().stream().map(Path::of).toList();
    }

    @Override
    public Runnable prepare() throws IOException {
        LoadedConfig loaded = ConfigLoader.load(sources);
        SluiceConfig next = loaded.config();
        if (next == null) {
            throw new IOException(
                    loaded.problems().stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        }
        Map<String, String> said = texts(loaded);
        TreeSet<String> changed = new TreeSet<>(said.keySet());
        changed.addAll(running.keySet());
        changed.removeIf(path -> LIVE.matcher(path).matches()
                || String.valueOf(said.get(path)).equals(String.valueOf(running.get(path))));
        if (!changed.isEmpty()) {
            throw new IOException("needs a restart: " + String.join(", ", changed));
        }
        Runnable prepared = change.prepare(next);
        return () -> {
            running = said;
            prepared.run();
        };
    }
}
