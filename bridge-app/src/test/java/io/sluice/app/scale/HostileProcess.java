package io.sluice.app.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link HostileCrowd} in a process of its own, which shares neither a heap nor a compiler with whom it attacks. It has
 * the lowest priority: what it costs itself, it would not take from a server that is another machine.
 */
final class HostileProcess implements AutoCloseable {

    private static final int END_SECONDS = 30;

    private final Process process;

    /**
     * @param filter matches what others publish
     */
    HostileProcess(int port, String filter, int count) throws IOException {
        process = new ProcessBuilder(List.of(
                        "nice",
                        "-n",
                        "19",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileProcess.class.getName(),
                        Integer.toString(port),
                        filter,
                        Integer.toString(count)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The attacking process: until its input ends. It then says how many connections there were. */
    public static void main(String[] args) throws IOException {
        try (HostileCrowd crowd = new HostileCrowd(Integer.parseInt(args[0]))) {
            crowd.start(Hostile.all(args[1]), Integer.parseInt(args[2]));
            while (System.in.read() >= 0) {
                // Nobody says anything but that it ends.
            }
            System.out.println(crowd.connections());
        }
    }

    /** Ends it, and returns how many connections there were. */
    int stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        try (BufferedReader said = process.inputReader(UTF_8)) {
            String line = said.readLine();
            if (line == null || !process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("The hostile clients' process said \"" + line + "\", and has not ended");
            }
            return Integer.parseInt(line);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
