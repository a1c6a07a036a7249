package io.sluice.benchmarks.load;

import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Loads an MQTT server on this machine and prints one line of JSON.
 *
 * <p>Exit codes: 0, 1 when acknowledged messages were lost (or, in Kafka, doubled or out of order), 2 for a wrong command line, 3 when the run did not go
 * through (connections refused or lost, no answer within the drain time).
 */
public final class LoadTool {

    private static final int USAGE = 2;
    private static final int FAILED = 3;

    /** Beyond the times of the plan: for connecting and ending. */
    private static final int GRACE_SECONDS = 120;

    private LoadTool() {}

    public static void main(String[] args) {
        LoadPlan plan;
        try {
            plan = LoadPlan.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
            return;
        }
        int readBackSeconds = plan.kafka() == null ? 0 : KafkaReadBack.SECONDS_MAX;
        endWithin(plan.warmupSeconds() + plan.seconds() + plan.drainSeconds() + readBackSeconds + GRACE_SECONDS);
        System.exit(run(plan));
    }

    /** Does what {@link #main} does with this command line, in this process and without a word. */
    public static LoadResult measure(List<String> args) throws Exception {
        LoadPlan plan = LoadPlan.parse(args.toArray(String[]::new));
        try (Fleet fleet = new Fleet(plan)) {
            return new LoadRun(plan, fleet).run().result();
        }
    }

    private static int run(LoadPlan plan) {
        try (Fleet fleet = new Fleet(plan)) {
            LoadReport report = new LoadRun(plan, fleet).run();
            System.out.println(JsonLine.of(report.json()));
            return report.exitCode();
        } catch (ExecutionException e) {
            System.err.println("run failed: " + e.getCause());
            return FAILED;
        } catch (Exception e) {
            System.err.println("run failed: " + e);
            return FAILED;
        }
    }

    /** The last net: whatever hangs, the process ends. */
    private static void endWithin(int seconds) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        Thread.sleep(seconds * 1_000L);
                        System.err.println("run failed: not done after " + seconds + " s");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(FAILED);
                },
                "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
