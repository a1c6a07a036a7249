package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM's live objects take, after full collections, by {@code jcmd}. */
final class LiveHeap {

    private static final Pattern TOTAL = Pattern.compile("^Total\\s+\\d+\\s+(\\d+)\\s*$", Pattern.MULTILINE);

    private LiveHeap() {}

    /** Bytes of the objects that are reachable. */
    static long bytes(long pid) throws IOException, InterruptedException {
        // Twice: what a reference handler or a cleaner lets go is gone the second time.
        jcmd(pid, "GC.run");
        return parse(jcmd(pid, "GC.class_histogram"));
    }

    /** The sum in a class histogram. */
    static long parse(String histogram) {
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IllegalStateException("jcmd GC.class_histogram: no total (expected: a last line with the sum)");
        }
        return Long.parseLong(total.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Stage.jdkBinary("jcmd"), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("jcmd " + pid + " " + command + ": " + output);
        }
        return output;
    }
}
