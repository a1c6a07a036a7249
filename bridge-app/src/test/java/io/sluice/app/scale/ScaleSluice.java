package io.sluice.app.scale;

import io.micrometer.core.instrument.Meter;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Sluice of a test's own, on its own Kafka. */
final class ScaleSluice {

    private ScaleSluice() {}

    static Sluice start(Path folder) throws IOException {
        return start(folder, "");
    }

    /**
     * @param more lines of the configuration
     */
    static Sluice start(Path folder, String more) throws IOException {
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                kafka: {embedded: {data-dir: '%s', port: 0}}
                listeners: {mqtt: {type: tcp, bind: '127.0.0.1:0'}}
                management: {bind: '127.0.0.1:0'}
                %s
                """.formatted(folder.resolve("kafka"), more));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        return Sluice.start(ConfigLoader.load(sources).usable());
    }

    /** The sum of a meter over its series with these tags. */
    static double metric(Sluice sluice, String name, String... tags) {
        double sum = 0;
        for (Meter meter : sluice.registry().find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    /** Bytes that are alive, after a collection. */
    static long liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
