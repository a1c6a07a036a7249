package io.sluice.benchmarks;

import io.sluice.benchmarks.floor.Floor;
import io.sluice.benchmarks.load.LoadTool;
import io.sluice.benchmarks.rounds.Rounds;
import java.util.Arrays;

/** Entry point of {@code benchmarks.jar}: {@code load …}, {@code floor …}, {@code rounds …} or {@code jmh …}. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        System.setProperty("logback.configurationFile", "logback-benchmarks.xml");
        String command = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (command) {
            case "load" -> LoadTool.main(rest);
            case "floor" -> Floor.main(rest);
            case "rounds" -> Rounds.main(rest);
            case "jmh" -> org.openjdk.jmh.Main.main(rest);
            default -> {
                System.err.println(
                        "usage: load ingest|fanout --port N …, floor --bootstrap-servers H:P --port N, rounds --sluice JAR …,"
                                + " jmh …");
                System.exit(2);
            }
        }
    }
}
