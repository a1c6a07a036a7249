package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has in memory, heap and all else, from {@code /proc/PID/status} (proc(5)). */
final class ResidentMemory {

    private static final String FIELD = "VmRSS:";

    private ResidentMemory() {}

    static long bytes(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc", Long.toString(pid), "status"), UTF_8));
    }

    /** The bytes in that file. */
    static long parse(String status) {
        return status.lines()
                .filter(line -> line.startsWith(FIELD))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024)
                .orElseThrow(() -> new IllegalStateException("/proc/PID/status without " + FIELD));
    }
}
