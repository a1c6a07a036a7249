package io.sluice.helm;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.LoadedConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A configuration as the server reads it. */
final class SluiceYaml {

    private static final long HEAP_BYTES = 460L << 20;

    /** Of the server's own tests. */
    private static final Path FILES = Path.of("../bridge-app/src/test/resources/tls");

    private SluiceYaml() {}

    /** Files that a page puts into /etc/sluice stand in the folder. */
    static LoadedConfig load(String text, Path folder) {
        for (String name : List.of("server.crt", "server.key", "ca.crt", "crl.pem", "users", "keys.json")) {
            Chart.write(folder.resolve("etc").resolve(name), Yaml.read(FILES.resolve(name)));
        }
        Path file = Chart.write(folder.resolve("sluice.yaml"), text.replace("/etc/sluice/", folder + "/etc/"));
        return ConfigLoader.load(new ConfigSources(
                List.of(file.toString()),
                Map.of("KAFKA_PASSWORD", "secret", "KEYSTORE_PASSWORD", "secret", "CLIENT_SECRET", "secret"),
                Map.of(),
                true,
                HEAP_BYTES));
    }
}
