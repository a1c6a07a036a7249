package io.sluice.benchmarks.rounds;

import io.sluice.benchmarks.load.JsonLine;
import io.sluice.benchmarks.load.SessionFleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sessions that outlive their connections, on a Sluice of their own: how fast they are made, how fast they are back after a
 * kill, and what those cost that are away. Confined to one thread.
 */
final class SessionRounds {

    private static final int NEW = 10_000;
    private static final int RETURNING = 15_000;
    private static final int AWAY = 100_000;
    /** So many of those are connected at once while they are made. */
    private static final int AWAY_AT_ONCE = 10_000;

    private final Stage stage;
    private final RoundsTable table;
    private final RoundsLog log;
    private final List<Double> connectsPerSecond = new ArrayList<>();
    private final List<Double> backMillis = new ArrayList<>();

    SessionRounds(Stage stage, RoundsTable table, RoundsLog log) {
        this.stage = stage;
        this.table = table;
        this.log = log;
    }

    void measure(RoundsKafka kafka, int rounds) throws Exception {
        for (int round = 1; round <= rounds; round++) {
            Map<String, Object> json = new LinkedHashMap<>();
            try (Child sluice = comeAndReturn(kafka, round, json)) {
                sluice.requireAlive();
            }
            write(round, json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        awayAndReady(kafka, json);
        write(1, json);
        table.addSingle("Sluice, CONNECT of new persistent sessions, per second", connectsPerSecond, "");
        table.addSingle(
                "Sluice, " + RETURNING + " persistent sessions back after kill -9, from its listening",
                backMillis,
                "ms");
    }

    /** Returns the process that runs in the end. */
    private Child comeAndReturn(RoundsKafka kafka, int round, Map<String, Object> json) throws Exception {
        Stage.Running first = stage.startSluice(kafka);
        try (SessionFleet fleet = new SessionFleet(first.port())) {
            // What the first connections of a process cost is not what it can do.
            fleet.connect("warm-" + round, NEW, false, "");
            Duration took = fleet.connect("new-" + round, NEW / 2, false, "");
            connectsPerSecond.add(NEW / 2 / (took.toNanos() / 1e9));
            json.put("connectsPerSecond", connectsPerSecond.get(round - 1));
        }
        String name = "back-" + round;
        SessionFleet before = new SessionFleet(first.port());
        before.connect(name, RETURNING, true, Server.SLUICE.topic());
        first.child().kill();
        before.close();
        Stage.Running again = stage.startSluice(kafka);
        json.put("startMillis", again.child().age().toMillis());
        try (SessionFleet fleet = new SessionFleet(again.port())) {
            Duration took = fleet.connect(name, RETURNING, false, "");
            backMillis.add(took.toNanos() / 1e6);
            json.put("backMillis", took.toMillis());
            json.put("present", fleet.presentCount());
            if (fleet.presentCount() != RETURNING) {
                throw new IllegalStateException(
                        "sessions: " + fleet.presentCount() + " of " + RETURNING + " are there");
            }
        }
        return again.child();
    }

    private void awayAndReady(RoundsKafka kafka, Map<String, Object> json) throws Exception {
        Stage.Running first = stage.startSluice(kafka);
        double startMillis = first.child().age().toMillis();
        long heapBefore;
        long heapAfter;
        try (Child sluice = first.child()) {
            heapBefore = LiveHeap.bytes(sluice.pid());
            for (int i = 0; i < AWAY / AWAY_AT_ONCE; i++) {
                try (SessionFleet fleet = new SessionFleet(first.port())) {
                    fleet.connect("away-" + i, AWAY_AT_ONCE, true, Server.SLUICE.topic());
                }
            }
            heapAfter = LiveHeap.bytes(sluice.pid());
        }
        Stage.Running again = stage.startSluice(kafka);
        double readyMillis = again.child().age().toMillis();
        double heapAgain;
        try (Child sluice = again.child()) {
            heapAgain = LiveHeap.bytes(sluice.pid());
        }
        json.put("heapBytes", heapAfter - heapBefore);
        json.put("heapBytesAfterRestart", heapAgain - heapBefore);
        json.put("startMillis", startMillis);
        json.put("startWithThemMillis", readyMillis);
        table.addSingle(
                "Sluice, live heap of " + AWAY + " persistent sessions that are away, with a subscription each",
                List.of((heapAfter - heapBefore) / 1e6),
                "MB");
        table.addSingle("Sluice, from start to listening with them", List.of(readyMillis), "ms");
    }

    private void write(int round, Map<String, Object> json) {
        log.write(Workload.SESSIONS, round, Server.SLUICE.title(), json);
        Rounds.say("sessions, round " + round + ": " + JsonLine.of(json));
    }
}
