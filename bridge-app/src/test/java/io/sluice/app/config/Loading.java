package io.sluice.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Loads configurations as the process would, with a heap of 1 GiB. */
final class Loading {

    static final long HEAP_BYTES = 1L << 30;

    private Loading() {}

    static LoadedConfig files(String... files) {
        return load(List.of(files), Map.of(), Map.of());
    }

    static LoadedConfig environment(Map<String, String> environment) {
        return load(List.of(), environment, Map.of());
    }

    static LoadedConfig settings(Map<String, String> settings) {
        return load(List.of(), Map.of(), settings);
    }

    static LoadedConfig load(List<String> files, Map<String, String> environment, Map<String, String> settings) {
        return ConfigLoader.load(new ConfigSources(files, environment, settings, false, HEAP_BYTES));
    }

    static LoadedConfig strictly(Map<String, String> environment) {
        return ConfigLoader.load(new ConfigSources(List.of(), environment, Map.of(), true, HEAP_BYTES));
    }

    /** The name of a file in the folder with this text. */
    static String file(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ListenerConfig listener(LoadedConfig loaded, String name) {
        return Objects.requireNonNull(loaded.usable().listeners().get(name), name);
    }

    static List<String> messages(LoadedConfig loaded) {
        return loaded.problems().stream().map(ConfigProblem::toString).toList();
    }

    /** The values in force, path to text. */
    static Map<String, String> texts(LoadedConfig loaded) {
        return loaded.entries().stream().collect(Collectors.toMap(ConfigEntry::path, ConfigEntry::text));
    }
}
