package io.sluice.app.config;

import io.sluice.app.config.Tree.Branch;
import io.sluice.app.config.Tree.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads, merges and checks the sources; all problems are found at once. */
public final class ConfigLoader {

    /** What stands in place of these keys while no file has them: a list or a set of names is not merged with ours. */
    private static final String BUILT_IN = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:1883"}
              ws: {type: ws, bind: "127.0.0.1:8083"}
            ingress:
              - {name: rest, filter: "#", topic: "mqtt.{1}", illegal-name: replace}
            """;

    static final Section ROOT = Section.of(SluiceConfig.class);

    private final ConfigSources sources;
    private final Problems problems = new Problems();

    private ConfigLoader(ConfigSources sources) {
        this.sources = sources;
    }

    /** The configuration of these sources. */
    public static LoadedConfig load(ConfigSources sources) {
        return new ConfigLoader(sources).load();
    }

    private LoadedConfig load() {
        Branch tree = YamlReader.read(BUILT_IN, (line, column) -> Place.DEFAULT, problems);
        tree = withFiles(tree);
        tree = withEnvironment(tree);
        tree = withSettings(tree);
        Binder binder = new Binder(problems, new Placeholders(sources.environment()));
        SluiceConfig config = (SluiceConfig) binder.bind(ROOT, tree);
        new CrossChecks(config, binder, problems, sources.heapBytes()).run();
        return new LoadedConfig(problems.hasErrors() ? null : config, problems.sorted(), binder.entries());
    }

    private Branch withFiles(Branch builtIn) {
        Branch written = new Branch(Place.DEFAULT, Map.of());
        for (int i = 0; i < sources.files().size(); i++) {
            written = written.merge(read(i, sources.files().get(i)));
        }
        Branch below = builtIn;
        for (String key : written.entries().keySet()) {
            below = below.without(key);
        }
        return below.merge(written);
    }

    private Branch read(int index, String name) {
        Place whole = Place.inFile(index, name, 0, 0);
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            byte[] bytes = in.readNBytes(YamlReader.TEXT_CHARACTERS_MAX + 1);
            if (bytes.length > YamlReader.TEXT_CHARACTERS_MAX) {
                problems.error(whole, "", "larger than 1MiB (expected: less)");
                return new Branch(whole, Map.of());
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return YamlReader.read(text, (line, column) -> Place.inFile(index, name, line, column), problems);
        } catch (IOException | InvalidPathException e) {
            problems.error(whole, "", "cannot be read: " + FileFailures.reason(e));
            return new Branch(whole, Map.of());
        }
    }

    private Branch withEnvironment(Branch below) {
        Branch tree = below;
        for (Map.Entry<String, String> variable : new TreeMap<>(sources.environment()).entrySet()) {
            String name = variable.getKey();
            String value = variable.getValue();
            // Compose files and charts pass on variables that nobody set as empty ones.
            if (!name.startsWith(EnvironmentKeys.PREFIX)
                    || value.isEmpty()
                    || KubernetesServiceLinks.isLink(name, value)) {
                continue;
            }
            List<String> path = EnvironmentKeys.path(ROOT, tree, name);
            if (path == null) {
                unknownVariable(name);
            } else {
                tree = tree.with(path, new Scalar(Place.inEnvironment(name), value, false));
            }
        }
        return tree;
    }

    private void unknownVariable(String name) {
        Place place = Place.inEnvironment(name);
        // Who means to forbid something is not to be overheard.
        boolean grave = name.startsWith(EnvironmentKeys.PREFIX + "AUTHORIZATION");
        String message = EnvironmentKeys.isInsideList(ROOT, name)
                ? "inside a list (expected: rules are written in a file)"
                : "no such setting" + Nearest.hint(name, EnvironmentKeys.all(ROOT));
        if (sources.strict() || grave) {
            problems.error(place, "", message);
        } else {
            problems.warning(place, "", message);
        }
    }

    private Branch withSettings(Branch below) {
        Branch tree = below;
        for (Map.Entry<String, String> setting : sources.settings().entrySet()) {
            Place place = Place.onCommandLine(setting.getKey());
            try {
                List<String> path = CommandLineKeys.path(ROOT, setting.getKey());
                tree = tree.with(path, new Scalar(place, setting.getValue(), false));
            } catch (IllegalArgumentException e) {
                problems.error(place, "", String.valueOf(e.getMessage()));
            }
        }
        return tree;
    }
}
