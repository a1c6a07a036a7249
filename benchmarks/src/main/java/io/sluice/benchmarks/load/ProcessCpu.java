package io.sluice.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of a process, user and system, of all its threads, from {@code /proc/PID/stat} (proc(5)). */
public final class ProcessCpu {

    /** USER_HZ, which is 100 on every architecture that the tool runs on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields after the command: utime is field 14 of the line, stime field 15, the state (field 3) comes first. */
    private static final int UTIME = 14 - 3;

    private ProcessCpu() {}

    /** CPU-seconds so far, NaN when the process cannot be read. */
    public static double seconds(long pid) {
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat"), UTF_8));
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** CPU-seconds in a line of that file. The command in parentheses may itself hold blanks and parentheses. */
    static double parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }
}
